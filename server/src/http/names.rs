//! Households taken out with names and phones: for a reason, which is logged before anything is read and stands in the file.

use super::asked::Asked;
use super::lists::{Format, ask_all, file, in_words, last_redaction, nothing_was_redacted_since};
use super::{App, Caller, now};
use crate::error::Reply;
use crate::export::Export;
use crate::store::{Access, NamedHousehold, Store};
use axum::extract::{Extension, Query, State};
use axum::response::Response;
use domain::code::Lang;
use domain::office::{Filter, Listed, Why};

/// As .csv.
pub async fn csv<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Query(why): Query<Why>,
    Asked(filter): Asked,
) -> Reply<Response> {
    take_out(&app, &caller, why, filter, Format::Csv).await
}

/// As .xlsx.
pub async fn xlsx<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Query(why): Query<Why>,
    Asked(filter): Asked,
) -> Reply<Response> {
    take_out(&app, &caller, why, filter, Format::Xlsx).await
}

async fn take_out<S: Store>(app: &App<S>, caller: &Caller, Why { reason }: Why, filter: Filter, format: Format) -> Reply<Response> {
    let action = format!("ExportNames households {}", reason.code());
    app.store.log(Access { at: now(), person: Some(caller.person.id), action, about: None }).await?;
    let begun = last_redaction(app).await?;
    let Listed { rows, total, .. } = app.store.list::<NamedHousehold>(ask_all(caller, &filter), now()).await?;
    let mut words = in_words(app, caller, &filter).await?.filter;
    words.push(("Kèm họ tên, điện thoại để", reason.label(Lang::Vi).to_owned()));
    words.push(("Người xuất", caller.person.name.clone()));
    words.push(("Lưu ý", "Chỉ dùng vào việc trên, xong thì hủy.".to_owned()));
    let made = file(rows.len(), total, "households-names", format, move || Export::names(&rows, words)).await?;
    nothing_was_redacted_since(app, begun).await?;
    Ok(made)
}
