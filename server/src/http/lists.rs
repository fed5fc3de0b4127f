//! What an office reads and takes out: households, visits, opinions, meetings, counts, and what waits for a person.

use super::asked::Asked;
use super::{App, Caller, now, province, seed};
use crate::error::{Refused, Reply};
use crate::export::{self, Export, ExportError};
use crate::store::{Ask, LastRedaction, Store};
use axum::Json;
use axum::extract::{Extension, Path, State};
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use domain::access::AccessRow;
use domain::campaign::{Campaign, CampaignState};
use domain::code::Lang;
use domain::code_book::CodeBook;
use domain::id::{AreaId, DeviceId, RecordId};
use domain::office::{Coverage, DayRow, Filter, HouseholdRow, Listed, MeetingRow, NoteRow, OpinionRow, QuarantineRow, ROWS, VisitRow};
use domain::person::Role;
use domain::quarantine::{Content, PutAside, TakeIn, TakenIn, Waiting};
use domain::succession::{Lineage, rearranged};
use domain::unit::Unit;
use domain::wire::RefusalCode;

/// One page of households.
pub async fn households<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Asked(filter): Asked,
) -> Reply<Json<Listed<HouseholdRow>>> {
    Ok(Json(app.store.list(Ask { within: caller.within, filter, limit: ROWS }, now()).await?))
}

/// The most households of one village.
const VILLAGE_MAX: u32 = 20_000;

/// Every household of a village, to be found by its number while sheets are typed in, and to be printed as a route list.
pub async fn village<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Path(village): Path<AreaId>,
    Asked(filter): Asked,
) -> Reply<Json<Listed<HouseholdRow>>> {
    let filter = Filter { village: Some(village), skip: 0, ..filter };
    Ok(Json(app.store.list(Ask { within: caller.within, filter, limit: VILLAGE_MAX }, now()).await?))
}

/// One page of visits.
pub async fn visits<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Asked(filter): Asked,
) -> Reply<Json<Listed<VisitRow>>> {
    Ok(Json(app.store.list(Ask { within: caller.within, filter, limit: ROWS }, now()).await?))
}

/// What was written down beside a visit.
pub async fn notes<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Path(visit): Path<RecordId>,
) -> Reply<Json<Listed<NoteRow>>> {
    let filter = Filter { visit: Some(visit), ..Filter::default() };
    Ok(Json(app.store.list(Ask { within: caller.within, filter, limit: ROWS }, now()).await?))
}

/// One page of days.
pub async fn days<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Asked(filter): Asked,
) -> Reply<Json<Listed<DayRow>>> {
    Ok(Json(app.store.list(Ask { within: caller.within, filter, limit: ROWS }, now()).await?))
}

/// One page of opinions.
pub async fn opinions<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Asked(filter): Asked,
) -> Reply<Json<Listed<OpinionRow>>> {
    Ok(Json(app.store.list(Ask { within: caller.within, filter, limit: ROWS }, now()).await?))
}

/// One page of meetings.
pub async fn meetings<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Asked(filter): Asked,
) -> Reply<Json<Listed<MeetingRow>>> {
    Ok(Json(app.store.list(Ask { within: caller.within, filter, limit: ROWS }, now()).await?))
}

/// Counts; a province's are those of whole communes.
pub async fn coverage<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Asked(filter): Asked,
) -> Reply<Json<Coverage>> {
    if caller.person.role == Role::Province {
        return Ok(Json(province::coverage(&app, &caller, &filter).await?));
    }
    Ok(Json(app.store.coverage(Ask { within: caller.within, filter, limit: ROWS }, now()).await?))
}

/// What could not be applied.
pub async fn quarantine<S: Store>(State(app): State<App<S>>, Extension(caller): Extension<Caller>) -> Reply<Json<Vec<QuarantineRow>>> {
    Ok(Json(app.store.quarantine(caller.within).await?))
}

/// What came under one number and waits, to be read.
pub async fn waiting<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Path((device, seq)): Path<(DeviceId, u64)>,
) -> Reply<Json<Vec<Content>>> {
    Ok(Json(app.store.waiting(caller.within, Waiting { device, seq }).await?))
}

/// Puts what came under one number aside, or brings it back.
pub async fn put_aside<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Json(what): Json<PutAside>,
) -> Reply<Json<()>> {
    Ok(Json(app.store.put_aside(caller.within, what).await?))
}

/// Judges what waits again, and says what that came to.
pub async fn take_in<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Json(what): Json<TakeIn>,
) -> Reply<Json<TakenIn>> {
    Ok(Json(app.store.take_in(caller.within, what, seed()?).await?))
}

/// One page of the access log, which grows by being read.
pub async fn accesses<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Asked(filter): Asked,
) -> Reply<Json<Listed<AccessRow>>> {
    Ok(Json(app.store.list(Ask { within: caller.within, filter, limit: ROWS }, now()).await?))
}

// ---- Exports ----

/// The most rows of one file; a list that is longer is refused, never cut.
const EXPORT_MAX: u32 = 200_000;

/// How a file is written.
pub enum Format {
    /// Comma-separated, for every program.
    Csv,
    /// A workbook.
    Xlsx,
}

macro_rules! exports {
    ($($(#[$doc:meta])* $name:ident: $list:ident as $format:ident $(with $codes:ident)?;)+) => {$(
        $(#[$doc])*
        pub async fn $name<S: Store>(
            State(app): State<App<S>>,
            Extension(caller): Extension<Caller>,
            Asked(filter): Asked,
        ) -> Reply<Response> {
            let ask = ask_all(&caller, &filter);
            let begun = last_redaction(&app).await?;
            let Listed { rows, total, .. } = app.store.list(ask, now()).await?;
            let words = in_words(&app, &caller, &filter).await?;
            let held = rows.len();
            let made = move || Export::$list(&rows, words.filter $(, &words.$codes)?);
            let made = file(held, total, stringify!($list), Format::$format, made).await?;
            nothing_was_redacted_since(&app, begun).await?;
            Ok(made)
        }
    )+};
}

exports! {
    /// Households as .csv.
    households_csv: households as Csv;
    /// Households as .xlsx.
    households_xlsx: households as Xlsx;
    /// Visits as .csv.
    visits_csv: visits as Csv;
    /// Visits as .xlsx.
    visits_xlsx: visits as Xlsx;
    /// Opinions as .csv.
    opinions_csv: opinions as Csv with codes;
    /// Opinions as .xlsx.
    opinions_xlsx: opinions as Xlsx with codes;
    /// Meetings as .csv.
    meetings_csv: meetings as Csv;
    /// Meetings as .xlsx.
    meetings_xlsx: meetings as Xlsx;
}

/// How far redaction was when a file is begun.
pub async fn last_redaction<S: Store>(app: &App<S>) -> Reply<Option<LastRedaction>> {
    Ok(app.store.list(Ask::default(), now()).await?.rows.pop())
}

/// A file that was being made while something was redacted is not given out: it is to be asked for again.
pub async fn nothing_was_redacted_since<S: Store>(app: &App<S>, begun: Option<LastRedaction>) -> Reply<()> {
    if last_redaction(app).await? == begun { Ok(()) } else { Err(Refused::new(RefusalCode::Busy)) }
}

/// All that a filter finds, in one file.
pub fn ask_all(caller: &Caller, filter: &Filter) -> Ask {
    Ask { within: caller.within, filter: Filter { skip: 0, ..filter.clone() }, limit: EXPORT_MAX }
}

/// The file, named after its list.
pub async fn file(
    held: usize,
    total: u32,
    name: &'static str,
    format: Format,
    export: impl FnOnce() -> Export + Send + 'static,
) -> Reply<Response> {
    if u32::try_from(held) != Ok(total) {
        return Err(Refused::about(RefusalCode::TooLarge, "rows"));
    }
    let (extension, content_type) = match format {
        Format::Csv => ("csv", "text/csv; charset=utf-8"),
        Format::Xlsx => ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    };
    let written = tokio::task::spawn_blocking(move || match format {
        Format::Csv => export::csv(&export()),
        Format::Xlsx => export::xlsx(&export()),
    });
    let bytes = written.await.map_err(|_| Refused::new(RefusalCode::Broken))?.map_err(|ExportError| Refused::new(RefusalCode::TooLarge))?;
    let disposition = format!("attachment; filename=\"gan-dan-{name}-{}.{extension}\"", now().date().iso());
    let disposition = HeaderValue::from_str(&disposition).map_err(|_| Refused::new(RefusalCode::Broken))?;
    Ok(([(CONTENT_TYPE, HeaderValue::from_static(content_type)), (CONTENT_DISPOSITION, disposition)], bytes).into_response())
}

/// What a person needs who finds the file a year later.
pub struct InWords {
    /// What was asked for.
    pub filter: Vec<(&'static str, String)>,
    /// What topics are called.
    pub codes: CodeBook,
}

/// What was asked for, in words.
pub async fn in_words<S: Store>(app: &App<S>, caller: &Caller, filter: &Filter) -> Reply<InWords> {
    let directory = app.store.directory(caller.within).await?;
    let codes = CodeBook::of(directory.codes.into_iter().map(|seen| seen.value));
    let unknown = || "(không rõ)".to_owned();
    let mut words = vec![("Đơn vị", caller.unit_name.clone())];
    let campaign = match filter.campaign {
        Some(id) => directory.campaigns.iter().find(|campaign| campaign.value.id == id).map_or_else(unknown, |c| c.value.title.clone()),
        None => "Đợt đang chạy mới nhất".to_owned(),
    };
    words.push(("Đợt", campaign));
    if let Some(from) = filter.from {
        words.push(("Từ ngày", from.to_string()));
    }
    if let Some(to) = filter.to {
        words.push(("Đến ngày", to.to_string()));
    }
    if let Some(id) = filter.village {
        let village = directory.units.iter().find(|unit| unit.value.id == id);
        words.push(("Thôn, tổ dân phố", village.map_or_else(unknown, |unit| unit.value.name.clone())));
    }
    if let Some(id) = filter.team {
        let team = directory.teams.iter().find(|team| team.value.id == id);
        words.push(("Tổ", team.map_or_else(unknown, |team| team.value.name.clone())));
    }
    if let Some(topic) = filter.topic {
        words.push(("Lĩnh vực", codes.full_label(topic, Lang::Vi)));
    }
    if let Some(kind) = filter.kind {
        words.push(("Loại", kind.label(Lang::Vi).to_owned()));
    }
    if let Some(source) = filter.source {
        words.push(("Nguồn", source.label(Lang::Vi).to_owned()));
    }
    if filter.household.is_some() {
        words.push(("Hộ", "một hộ".to_owned()));
    }
    if let Some(id) = filter.holder {
        let member = directory.people.iter().find(|row| row.value.person.id == id);
        words.push(("Giao cho", member.map_or_else(unknown, |row| row.value.person.name.clone())));
    }
    if filter.meeting.is_some() {
        words.push(("Cuộc họp", "một cuộc".to_owned()));
    }
    if let Some(standing) = filter.standing {
        words.push(("Tình trạng thăm", standing.label(Lang::Vi).to_owned()));
    }
    // What was searched for can be somebody's name.
    if !filter.q.trim().is_empty() {
        words.push(("Từ tìm", "có".to_owned()));
    }
    // What was counted before a merger stands under the name of today.
    let units: Vec<Unit> = directory.units.into_iter().map(|unit| unit.value).collect();
    let begin = filter.from.or(directory.campaigns.iter().find(|c| is_meant(filter, &c.value)).map(|c| c.value.from));
    let lineage = Lineage::of(units.iter());
    let asked = |unit: &&Unit| filter.village.is_none_or(|village| lineage.later(unit.id).contains(&lineage.now(village)));
    let ended: Vec<&Unit> = units.iter().filter(asked).collect();
    for one in rearranged(&ended, units.iter()).into_iter().filter(|one| begin.is_none_or(|begin| begin < one.on)) {
        let (from, into, no) = (one.from.join(", "), one.into.join(", "), one.decision_no);
        words.push(("Sắp xếp thôn", format!("{from} thành {into} từ {} (Quyết định {no}); số liệu tính theo thôn hiện nay", one.on)));
    }
    let now = now();
    words.push(("Xuất lúc", format!("{} {}", now.date(), now.hour_minute())));
    Ok(InWords { filter: words, codes })
}

/// Whether a filter is about this campaign: the one that it names, or the newest that runs.
fn is_meant(filter: &Filter, campaign: &Campaign) -> bool {
    filter.campaign.map_or(campaign.state == CampaignState::Active, |id| id == campaign.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{Site, names, upkeep};
    use crate::store::contract::meanwhile::Meanwhile;
    use crate::store::contract::world::World;
    use crate::store::memory::Memory;
    use crate::store::{OfficeChange, Value};
    use axum::extract::Query;
    use domain::office::{NamesReason, Why};
    use domain::operation::Part;
    use domain::person::Person;
    use domain::redaction::{Redact, RedactionReason};
    use std::sync::Arc;

    /// What becomes of a file, by the read before which something in it is redacted; the last one is not reached any more.
    async fn files<F: Future<Output = Reply<Response>>>(make: impl Fn(App<Meanwhile>, Caller) -> F) -> Vec<Option<Vec<u8>>> {
        let world = World::<Memory>::new().await;
        let village = world.village("Thôn Đồng Cừ").await;
        let parts = [Part::Facts, Part::Contact].into_iter().collect();
        let redact = Redact { record: world.households(village).await[0], parts, why: RedactionReason::Asked };
        let (value, within) = (Value::Redact(redact), Some(world.commune));
        let change = OfficeChange { by: world.officer, within, device: world.tab, seq: world.tab_seq + 1, seen: 0, value };
        let (name, unit, sort) = ("Vi Văn Thử".to_owned(), world.commune, String::new());
        let person = Person { id: world.officer, name, sort, role: Role::Officer, unit, left: false };
        let caller = Caller { person, unit_name: "Xã Đồng Cừ".to_owned(), within };
        let mut files = Vec::new();
        loop {
            let store = Meanwhile::new(world.store.copy(), files.len(), change.clone());
            let site = Site { public_url: String::new(), behind_proxy: false, demo: false };
            let app = App::new(store, Arc::clone(&world.keys), site);
            let made = make(app.clone(), caller.clone()).await;
            files.push(match made {
                Ok(made) => Some(axum::body::to_bytes(made.into_body(), usize::MAX).await.unwrap().to_vec()),
                Err(refused) => {
                    assert_eq!(refused.refusal.code, RefusalCode::Busy);
                    None
                }
            });
            if !app.store.is_done() {
                return files;
            }
        }
    }

    #[tokio::test]
    async fn a_file_that_was_begun_before_a_redaction_is_not_given_out_after_it() {
        let tells = |bytes: &Vec<u8>, what: &str| String::from_utf8_lossy(bytes).contains(what);
        let counts = files(|app, caller| households_csv(State(app), Extension(caller), Asked(Filter::default()))).await;
        let why = || Query(Why { reason: NamesReason::Routes });
        let named = files(|app, caller| names::csv(State(app), Extension(caller), why(), Asked(Filter::default()))).await;
        for (made, what) in [(counts, "DC-0001;1;4;"), (named, "Hộ Thử 1;")] {
            let [Some(before), during @ .., Some(after)] = &made[..] else { panic!("{what}: {made:?}") };
            assert!(during.len() == 3 && during.iter().all(Option::is_none));
            assert!(!tells(before, what) && tells(after, what));
        }
        // Sealed, so that nobody looks into it here.
        let whole = files(|app, caller| upkeep::take_out(State(app), Extension(caller))).await;
        assert_eq!(whole.iter().map(Option::is_some).collect::<Vec<_>>(), [true, true, false, false, true]);
    }
}
