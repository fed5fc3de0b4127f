//! Bringing in a household roll. The file stands in memory for as long as one request and is never written.

use super::{App, Caller, now, seed};
use crate::error::{Refused, Reply};
use crate::roll::{look, look_at_all, rows as read_rows};
use crate::store::{Ask, Confirmed, Import, Roll, Store, Undo, Watched};
use axum::Json;
use axum::body::Bytes;
use axum::extract::multipart::MultipartError;
use axum::extract::{Extension, Multipart, Path, State};
use axum::response::IntoResponse as _;
use domain::id::{AreaId, DeviceId, PersonId};
use domain::office::{Filter, ImportRow, Imported, Listed, Progress, UndoImport};
use domain::roll::{Mapping, Preview, RollError};
use domain::succession::parent_on;
use domain::unit::Level;
use domain::wire::RefusalCode;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What the import would do; or, without a comparison, every line that does not become a household.
pub async fn preview<S: Store>(State(app): State<App<S>>, Extension(caller): Extension<Caller>, form: Multipart) -> Reply<Json<Preview>> {
    let Form { file, name, mapping, all, .. } = Form::read(form).await?;
    let (commune, known) = villages(&app, &caller).await?;
    if all {
        return blocking(move || look_at_all(&file, &name, &mapping, &known)).await.map(Json);
    }
    let choices = mapping.choices.clone();
    let (mut preview, rows) = blocking(move || look(&file, &name, &mapping, &known)).await?;
    if preview.is_ready() {
        let roll = Roll { by: caller.person.id, commune, rows, choices };
        preview.comparison = Some(app.store.import(Import::Compare(roll), now(), seed()?).await?.comparison);
    }
    Ok(Json(preview))
}

/// Does it, in one transaction; the same confirmation a second time stores nothing.
pub async fn import<S: Store>(State(app): State<App<S>>, Extension(caller): Extension<Caller>, form: Multipart) -> Reply<Json<Imported>> {
    let form = Form::read(form).await?;
    let device = form.confirmation.ok_or(Refused::about(RefusalCode::Invalid, "confirmation"))?;
    let under_way = app.imports.begin(device, caller.person.id);
    store(&app, &caller, form, device, Arc::clone(&under_way.watched)).await.map(Json)
}

async fn store<S: Store>(app: &App<S>, caller: &Caller, form: Form, device: DeviceId, watched: Arc<Watched>) -> Reply<Imported> {
    let Form { file, name, mapping, seen, .. } = form;
    let (commune, known) = villages(app, caller).await?;
    let choices = mapping.choices.clone();
    let rows = blocking(move || read_rows(&file, &name, &mapping, &known)).await?;
    let roll = Roll { by: caller.person.id, commune, rows, choices };
    let done = app.store.import(Import::Store(roll, Confirmed { device, seen, watched }), now(), seed()?).await?;
    done.imported.ok_or(Refused::new(RefusalCode::Broken))
}

/// How far the caller's import is; nothing of one that has not begun or is over.
pub async fn progress<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Path(confirmation): Path<DeviceId>,
) -> Json<Progress> {
    Json(app.imports.of(confirmation, caller.person.id).map(|watched| watched.progress()).unwrap_or_default())
}

/// Stops the caller's import. Its own answer says whether that came in time.
pub async fn cancel<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Path(confirmation): Path<DeviceId>,
) -> Json<Progress> {
    let watched = app.imports.of(confirmation, caller.person.id);
    watched.iter().for_each(|watched| watched.cancel());
    Json(watched.map(|watched| watched.progress()).unwrap_or_default())
}

/// The imports that are under way in this process.
#[derive(Default)]
pub struct Imports(Mutex<HashMap<DeviceId, (PersonId, Arc<Watched>)>>);

/// One of them, until it is dropped: also where the browser has gone and nobody waits for the answer any more.
struct UnderWay<'a> {
    imports: &'a Imports,
    import: DeviceId,
    watched: Arc<Watched>,
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.imports.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.import);
    }
}

impl Imports {
    fn begin(&self, import: DeviceId, by: PersonId) -> UnderWay<'_> {
        let watched = Arc::new(Watched::default());
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(import, (by, Arc::clone(&watched)));
        UnderWay { imports: self, import, watched }
    }

    fn of(&self, import: DeviceId, by: PersonId) -> Option<Arc<Watched>> {
        let imports = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        imports.get(&import).filter(|(person, _)| *person == by).map(|(_, watched)| Arc::clone(watched))
    }
}

/// The latest imports; older ones have long been built upon.
pub async fn imports<S: Store>(State(app): State<App<S>>, Extension(caller): Extension<Caller>) -> Reply<Json<Listed<ImportRow>>> {
    const LATEST: u32 = 10;
    let ask = Ask { within: caller.within, filter: Filter::default(), limit: LATEST };
    Ok(Json(app.store.list::<ImportRow>(ask, now()).await?))
}

/// Takes an import back.
pub async fn undo<S: Store>(
    State(app): State<App<S>>,
    Extension(caller): Extension<Caller>,
    Json(UndoImport { import, confirmation }): Json<UndoImport>,
) -> Reply<Json<Imported>> {
    let (commune, _) = villages(&app, &caller).await?;
    let undo = Undo { by: caller.person.id, commune, import, device: confirmation };
    let done = app.store.import(Import::Undo(undo), now(), seed()?).await?;
    done.imported.map(Json).ok_or(Refused::new(RefusalCode::Broken))
}

/// The commune that the caller works for, and the names of its villages today.
async fn villages<S: Store>(app: &App<S>, caller: &Caller) -> Reply<(AreaId, Vec<String>)> {
    let commune = caller.person.unit;
    let today = now().date();
    let units: Vec<_> = app.store.directory(caller.within).await?.units.into_iter().map(|unit| unit.value).collect();
    if !units.iter().any(|unit| unit.id == commune && unit.level == Level::Commune) {
        return Err(Refused::about(RefusalCode::Invalid, "commune"));
    }
    let here = units.iter().filter(|unit| parent_on(&units, unit, None) == Some(commune) && unit.level == Level::Village);
    let known = here
        .filter(|unit| unit.succession.is_some() || !unit.has_ended(today))
        .flat_map(|unit| unit.former.iter().map(|former| &former.name).chain([&unit.name]).cloned());
    Ok((commune, known.collect()))
}

/// Reading a large file takes a second of one core.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, RollError> + Send + 'static) -> Reply<T> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Refused::new(RefusalCode::Broken))?.map_err(Refused::from)
}

/// `about` is the error in JSON: it knows what to do next.
impl From<RollError> for Refused {
    fn from(error: RollError) -> Self {
        let code = if matches!(error, RollError::TooLarge(_)) { RefusalCode::TooLarge } else { RefusalCode::Invalid };
        Self::about(code, serde_json::to_string(&error).unwrap_or_default())
    }
}

struct Form {
    file: Bytes,
    name: String,
    mapping: Mapping,
    confirmation: Option<DeviceId>,
    seen: Option<String>,
    all: bool,
}

impl Form {
    async fn read(mut form: Multipart) -> Reply<Self> {
        let (mut file, mut mapping, mut confirmation, mut seen, mut all) = (None, Mapping::default(), None, None, false);
        while let Some(field) = form.next_field().await? {
            match field.name().unwrap_or_default() {
                "file" => {
                    let name = field.file_name().unwrap_or_default().chars().take(200).collect::<String>();
                    file = Some((field.bytes().await?, name));
                }
                "mapping" => {
                    let text = field.text().await?;
                    mapping = serde_json::from_str(&text).map_err(|_| Refused::about(RefusalCode::BadRequest, "mapping"))?;
                }
                "confirmation" => {
                    let id = field.text().await?.parse().map_err(|_| Refused::about(RefusalCode::BadRequest, "confirmation"))?;
                    confirmation = Some(id);
                }
                "all" => all = field.text().await? == "1",
                "seen" => seen = Some(field.text().await?),
                _ => {}
            }
        }
        let (file, name) = file.ok_or(Refused::about(RefusalCode::BadRequest, "file"))?;
        Ok(Self { file, name, mapping, confirmation, seen, all })
    }
}

impl From<MultipartError> for Refused {
    fn from(error: MultipartError) -> Self {
        let too_large = error.into_response().status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE;
        Self::new(if too_large { RefusalCode::TooLarge } else { RefusalCode::BadRequest })
    }
}
