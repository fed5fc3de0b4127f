//! What an office reads and takes out: households, visits, opinions, meetings, counts, and what waits for a person.

use super::{App, Caller, now};
use crate::error::{Refused, Reply};
use crate::export::{self, Export, ExportError};
use crate::store::{Ask, ROWS, Store};
use axum::Json;
use axum::extract::{Extension, Query, State};
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use domain::access::AccessRow;
use domain::code::Lang;
use domain::office::{Coverage, Filter, HouseholdRow, Listed, MeetingRow, OpinionRow, QuarantineRow, VisitRow};
use domain::person::Role;
use domain::wire::RefusalCode;

/// One page of households.
pub async fn households<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Query(filter): Query<Filter>,
) -> Reply<Json<Listed<HouseholdRow>>> {
    Ok(Json(app.store.list(Ask { within: caller.within, filter, limit: ROWS }, now()).await?))
}

/// One page of visits.
pub async fn visits<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Query(filter): Query<Filter>,
) -> Reply<Json<Listed<VisitRow>>> {
    Ok(Json(app.store.list(Ask { within: caller.within, filter, limit: ROWS }, now()).await?))
}

/// One page of opinions.
pub async fn opinions<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Query(filter): Query<Filter>,
) -> Reply<Json<Listed<OpinionRow>>> {
    Ok(Json(app.store.list(Ask { within: caller.within, filter, limit: ROWS }, now()).await?))
}

/// One page of meetings.
pub async fn meetings<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Query(filter): Query<Filter>,
) -> Reply<Json<Listed<MeetingRow>>> {
    Ok(Json(app.store.list(Ask { within: caller.within, filter, limit: ROWS }, now()).await?))
}

/// Counts of opinions below this do not leave the commune.
const SMALL: u32 = 5;

/// Counts. A province sees them whole: no villages, and no number of opinions that could be one household's.
pub async fn coverage<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Query(filter): Query<Filter>,
) -> Reply<Json<Coverage>> {
    let outside = caller.person.role == Role::Province;
    let filter = if outside { Filter { campaign: filter.campaign, ..Filter::default() } } else { filter };
    let mut coverage = app.store.coverage(Ask { within: caller.within, filter, limit: ROWS }, now()).await?;
    if outside {
        coverage.villages.clear();
        coverage.opinions = if coverage.opinions < SMALL { 0 } else { coverage.opinions };
    }
    Ok(Json(coverage))
}

/// What could not be applied.
pub async fn quarantine<S: Store>(State(app): State<App<S>>, Extension(caller): Extension<Caller>) -> Reply<Json<Vec<QuarantineRow>>> {
    Ok(Json(app.store.quarantine(caller.within).await?))
}

/// One page of the access log, which grows by being read.
pub async fn accesses<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Query(filter): Query<Filter>,
) -> Reply<Json<Listed<AccessRow>>> {
    Ok(Json(app.store.list(Ask { within: caller.within, filter, limit: ROWS }, now()).await?))
}

// ---- Exports ----

/// The most rows of one file; a list that is longer is refused, never cut.
const EXPORT_MAX: u32 = 200_000;

enum Format {
    Csv,
    Xlsx,
}

macro_rules! exports {
    ($($(#[$doc:meta])* $name:ident: $list:ident as $format:ident;)+) => {$(
        $(#[$doc])*
        pub async fn $name<S: Store>(
            State(app): State<App<S>>,
            Extension(caller): Extension<Caller>,
            Query(filter): Query<Filter>,
        ) -> Reply<Response> {
            let ask = ask_all(&caller, &filter);
            let Listed { rows, total, .. } = app.store.list(ask, now()).await?;
            let words = in_words(&app, &caller, &filter).await?;
            file(rows.len(), total, stringify!($list), Format::$format, move || Export::$list(&rows, words)).await
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
    opinions_csv: opinions as Csv;
    /// Opinions as .xlsx.
    opinions_xlsx: opinions as Xlsx;
}

fn ask_all(caller: &Caller, filter: &Filter) -> Ask {
    Ask { within: caller.within, filter: Filter { skip: 0, ..filter.clone() }, limit: EXPORT_MAX }
}

async fn file(
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

/// What was asked for, in the words of a person who finds the file a year later.
async fn in_words<S: Store>(app: &App<S>, caller: &Caller, filter: &Filter) -> Reply<Vec<(&'static str, String)>> {
    let directory = app.store.directory(caller.within).await?;
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
        words.push(("Lĩnh vực", topic.full_label(Lang::Vi)));
    }
    if let Some(kind) = filter.kind {
        words.push(("Loại", kind.label(Lang::Vi).to_owned()));
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
    let now = now();
    words.push(("Xuất lúc", format!("{} {}", now.date(), now.hour_minute())));
    Ok(words)
}
