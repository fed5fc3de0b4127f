//! Bringing in a household roll: choose a file, look at what would come of it, correct it, store it.
//! Nothing is stored before the button is pressed, and one chosen file is stored once, however often it is pressed.

use crate::browser::{self, NoFile, Upload};
use crate::directory::{Directory, directory};
use crate::session::{Fault, Session, new_id, session, words};
use crate::ui::{self, heading, mark, number};
use crate::words::Office;
use app::platform::{dom, time};
use app::ui::icon::{Icon, Tone};
use app::ui::note::note;
use domain::encoding::Encoding;
use domain::id::DeviceId;
use domain::office::{Imported, Progress, UndoImport};
use domain::reimport::{Asked, Changed, Choice, Comparison, Difference};
use domain::roll::{Column, ColumnView, Format, MOST_BYTES, Mapping, Need, Preview, Row, Sheet, SheetMapping, VillageSource, Warning};
use domain::wire::RefusalCode;
use leptos::ev::Event;
use leptos::html::Input;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// How many lines of a table are shown at first.
const SHOWN: usize = 20;

/// The import of one page.
#[derive(Clone, Copy)]
struct Import {
    session: Session,
    words: &'static Office,
    file: RwSignal<Option<Upload>, LocalStorage>,
    /// The device of this import: one for each chosen file, so that a second press after a lost answer stores nothing twice.
    confirmation: StoredValue<DeviceId>,
    undo_confirmation: StoredValue<DeviceId>,
    mapping: RwSignal<Mapping>,
    preview: RwSignal<Option<Preview>>,
    no_file: RwSignal<Option<NoFile>>,
    fault: RwSignal<Option<(Step, Fault)>>,
    busy: RwSignal<Option<Step>>,
    done: RwSignal<Option<Imported>>,
    /// How much was taken back again.
    undone: RwSignal<Option<Imported>>,
    /// How far the storing is.
    progress: RwSignal<Progress>,
    latest: StoredValue<u32>,
    directory: Directory,
}

/// What is being done with the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Read,
    Store,
    Undo,
}

/// The import page.
pub fn page() -> AnyView {
    let words = words();
    let session = session();
    let import = Import {
        session,
        words,
        file: RwSignal::new_local(None),
        confirmation: StoredValue::new(new_id(DeviceId::new)),
        undo_confirmation: StoredValue::new(new_id(DeviceId::new)),
        mapping: RwSignal::new(Mapping::default()),
        preview: RwSignal::new(None),
        no_file: RwSignal::new(None),
        fault: RwSignal::new(None),
        busy: RwSignal::new(None),
        done: RwSignal::new(None),
        undone: RwSignal::new(None),
        progress: RwSignal::new(Progress::default()),
        latest: StoredValue::new(0),
        directory: directory(),
    };
    let content = move || match (import.done.get(), import.preview.get()) {
        (Some(done), _) => finished(import, &done),
        (None, Some(preview)) => looked_at(import, preview),
        (None, None) => view! { <p>{words.import_intro}</p>{chooser(import, words.choose_file)} }.into_any(),
    };
    view! {
        <div>
            {move || stepper(import)}
            {heading(move || title(import))}
            {move || import.preview.with(|preview| preview.as_ref().map(|preview| about_file(words, preview)))}
        </div>
        {move || import.trouble()}
        {content}
    }
    .into_any()
}

fn title(import: Import) -> String {
    let words = import.words;
    if import.undone.get().is_some() {
        return words.import_undone.to_owned();
    }
    if let Some(done) = import.done.get() {
        return match done.changed {
            0 => (words.import_done)(&number(done.households)),
            changed => (words.import_done_changed)(&number(done.households), &number(changed)),
        };
    }
    import.preview.with(|preview| match preview {
        None => words.import_title.to_owned(),
        Some(preview) if !preview.needs.is_empty() => (words.import_needs)(&preview.needs.len().to_string()),
        Some(Preview { comparison: Some(comparison), .. }) if comparison.is_again() => {
            (words.import_compared)(&number(comparison.new), &number(comparison.changed), &number(comparison.unsure))
        }
        Some(preview) if preview.counts.problems == 0 => (words.import_ready)(&number(preview.counts.households)),
        Some(preview) => (words.import_ready_but)(&number(preview.counts.households), &number(preview.counts.problems)),
    })
}

fn stepper(import: Import) -> AnyView {
    let words = import.words;
    let now = if import.done.get().is_some() || import.busy.get() == Some(Step::Store) {
        2
    } else if import.preview.with(Option::is_some) {
        1
    } else {
        0
    };
    let steps = [words.step_choose, words.step_look, words.step_store];
    let steps = steps.into_iter().enumerate().map(|(n, label)| {
        let current = (n == now).then_some("step");
        view! { <li aria-current=current>{format!("{}. {label}", n + 1)}</li> }
    });
    view! { <ol class="stepper">{steps.collect_view()}</ol> }.into_any()
}

fn about_file(words: &'static Office, preview: &Preview) -> AnyView {
    let format = match preview.format {
        Format::Xlsx | Format::Xls => (words.sheets_n)(&preview.sheets.len().to_string()),
        Format::Csv { separator, utf16: false } => words.separated_by(separator),
        Format::Csv { separator, utf16: true } => format!("{}, {}", words.separated_by(separator), words.utf16),
    };
    view! { <p class="muted">{words.file}" "<b>{preview.file.clone()}</b>", "{format}". "{words.nothing_yet}</p> }.into_any()
}

/// The field for a file. The one chosen before stays until another is chosen.
fn chooser(import: Import, label: &'static str) -> AnyView {
    let words = import.words;
    let input = NodeRef::<Input>::new();
    let choose = move |_: Event| {
        let Some(input) = input.get_untracked() else { return };
        spawn_local(async move {
            // Larger files are not even read.
            match browser::chosen_file(&input, MOST_BYTES as f64).await {
                Ok(file) => import.begin(file),
                Err(why) => {
                    import.no_file.set(Some(why));
                }
            }
        });
    };
    view! {
        <div class="fld">
            <label for="import-file">{label}</label>
            <span class="hint" id="import-file-h">{words.choose_file_hint}</span>
            <input class="input" id="import-file" type="file" accept=".xlsx,.xls,.csv,.txt,.tsv" aria-describedby="import-file-h" node_ref=input on:change=choose/>
        </div>
    }
    .into_any()
}

impl Import {
    /// Another file: nothing of the one before is left.
    fn begin(self, file: Upload) {
        self.file.set(Some(file));
        self.confirmation.set_value(new_id(DeviceId::new));
        self.undo_confirmation.set_value(new_id(DeviceId::new));
        self.mapping.set(Mapping::default());
        self.preview.set(None);
        self.no_file.set(None);
        self.done.set(None);
        self.undone.set(None);
        self.read(None);
    }

    /// Looks at the file as it is understood now; the focus goes back to the field that was changed.
    fn read(self, back_to: Option<String>) {
        let Some(file) = self.file.get_untracked() else { return };
        let mine = self.latest.get_value() + 1;
        self.latest.set_value(mine);
        self.busy.set(Some(Step::Read));
        let mapping = self.mapping_json();
        spawn_local(async move {
            let answer = self.session.post_file::<Preview>("roll/preview", &file, vec![("mapping", mapping)]).await;
            if self.latest.try_get_value() != Some(mine) {
                return;
            }
            self.busy.set(None);
            match answer {
                Ok(preview) => {
                    // Why it was read again stays until something is corrected.
                    self.fault.update(|fault| *fault = fault.take().filter(|(_, fault)| back_to.is_none() && is_stale(fault)));
                    self.preview.set(Some(preview));
                    if let Some(field) = back_to {
                        browser::refocus(&field);
                    }
                }
                Err(fault) => self.fault.set(Some((Step::Read, fault))),
            }
        });
    }

    /// Stores what was looked at.
    fn store(self) {
        let ready = self.preview.with_untracked(|preview| preview.as_ref().is_some_and(Preview::is_ready));
        if !ready {
            dom::focus("import-needs");
            return;
        }
        let Some(file) = self.file.get_untracked() else { return };
        if self.busy.get_untracked().is_some() {
            return;
        }
        self.busy.set(Some(Step::Store));
        self.watch();
        let seen = self.preview.with_untracked(|preview| preview.as_ref()?.comparison.as_ref().map(|comparison| comparison.seen.clone()));
        let mut fields = vec![("mapping", self.mapping_json()), ("confirmation", self.confirmation.get_value().to_string())];
        fields.extend(seen.map(|seen| ("seen", seen)));
        spawn_local(async move {
            let answer = self.session.post_file::<Imported>("roll/import", &file, fields).await;
            self.busy.try_set(None);
            match answer {
                Ok(done) => {
                    self.fault.try_set(None);
                    self.done.try_set(Some(done));
                    // Villages may have come with it.
                    self.directory.units.again();
                }
                Err(fault) => {
                    let stale = is_stale(&fault);
                    self.fault.try_set(Some((Step::Store, fault)));
                    if stale {
                        self.read(None);
                    }
                }
            }
        });
    }

    /// Asks how far the storing is, for as long as it lasts. An answer that does not come is asked for again.
    fn watch(self) {
        self.progress.set(Progress::default());
        let path = format!("roll/import/{}", self.confirmation.get_value());
        spawn_local(async move {
            while self.busy.try_get_untracked() == Some(Some(Step::Store)) {
                time::sleep(500).await;
                if let Ok(progress) = self.session.get::<Progress>(&path).await {
                    self.progress.try_set(progress);
                }
            }
        });
    }

    /// Has the server stop; what becomes of it is the answer to the storing itself.
    fn cancel_storing(self) {
        let path = format!("roll/import/{}/stop", self.confirmation.get_value());
        spawn_local(async move {
            let _ = self.session.post::<Progress>(&path, &()).await;
        });
    }

    /// Takes back what was stored. A second press is the first.
    fn undo(self) {
        if self.busy.get_untracked().is_some() {
            return;
        }
        self.busy.set(Some(Step::Undo));
        let undo = UndoImport { import: self.confirmation.get_value(), confirmation: self.undo_confirmation.get_value() };
        spawn_local(async move {
            let answer = self.session.post::<Imported>("roll/undo", &undo).await;
            self.busy.try_set(None);
            match answer {
                Ok(undone) => {
                    self.fault.try_set(None);
                    self.undone.try_set(Some(undone));
                }
                Err(fault) => {
                    self.fault.try_set(Some((Step::Undo, fault)));
                }
            }
        });
    }

    fn mapping_json(self) -> String {
        self.mapping.with_untracked(|mapping| serde_json::to_string(mapping).unwrap_or_default())
    }

    /// A correction, and the preview anew.
    fn correct(self, field: String, change: impl FnOnce(&mut Mapping)) {
        self.mapping.update(change);
        self.read(Some(field));
    }

    fn correct_sheet(self, field: String, sheet: &str, change: impl FnOnce(&mut SheetMapping)) {
        self.correct(field, |mapping| change(mapping.sheets.entry(sheet.to_owned()).or_default()));
    }

    /// What went wrong, and the button that tries it again with the same file and the same corrections.
    fn trouble(self) -> AnyView {
        let words = self.words;
        if let Some(why) = self.no_file.get().filter(|why| *why != NoFile::Nothing) {
            let says = if why == NoFile::TooLarge { words.file_too_large } else { words.file_unreadable };
            return view! { <div role="alert">{note(Tone::Bad, Icon::WARNING, says, ())}</div> }.into_any();
        }
        match self.busy.get() {
            Some(Step::Read) => return view! { <p class="saved" role="status">{words.reading}</p> }.into_any(),
            Some(Step::Undo) => return view! { <p class="saved" role="status">{words.storing}</p> }.into_any(),
            Some(Step::Store) => {
                let far = move || {
                    let Progress { done, all } = self.progress.get();
                    (all > 0).then(|| (words.stored_so_far)(&number(done), &number(all)))
                };
                return view! {
                    <p class="saved" role="status">{words.storing}" "{far}</p>
                    <button type="button" class="btn second auto" on:click=move |_| self.cancel_storing()>{words.stop_storing}</button>
                }
                .into_any();
            }
            None => {}
        }
        let Some((step, fault)) = self.fault.get() else { return ().into_any() };
        if is_cancelled(&fault) {
            return view! { <div role="status">{note(Tone::Plain, Icon::DONE, words.storing_stopped, ())}</div> }.into_any();
        }
        if is_stale(&fault) {
            return view! { <div role="alert">{note(Tone::Wait, Icon::WARNING, words.book_moved_on, ())}</div> }.into_any();
        }
        if step == Step::Undo && fault.code() == Some(RefusalCode::Taken) {
            return view! { <div role="alert">{note(Tone::Bad, Icon::WARNING, words.undo_too_late, view! { <p>{words.undo_too_late_next}</p> })}</div> }
                .into_any();
        }
        if let Some(error) = words.roll_error(&fault) {
            let advice = words.advice(error.advice());
            let another = self.preview.with(Option::is_some).then(|| chooser(self, words.choose_other));
            return view! { <div role="alert">{note(Tone::Bad, Icon::WARNING, words.roll_refused(error), view! { <p>{advice}</p> })}</div>{another} }
                .into_any();
        }
        match step {
            Step::Read => ui::trouble(&fault, move || self.read(None)),
            Step::Undo => ui::trouble(&fault, move || self.undo()),
            Step::Store => view! { {ui::trouble(&fault, move || self.store())}<p>{words.store_again}</p> }.into_any(),
        }
    }
}

/// A person had it stopped.
fn is_cancelled(fault: &Fault) -> bool {
    matches!(fault, Fault::Refused(refusal) if refusal.about.as_deref() == Some("cancelled"))
}

/// The book has moved on since the preview.
fn is_stale(fault: &Fault) -> bool {
    fault.code() == Some(RefusalCode::Stale)
}

fn finished(import: Import, done: &Imported) -> AnyView {
    let words = import.words;
    if let Some(undone) = import.undone.get() {
        let what = (words.undone_n)(&number(undone.households), &number(undone.changed));
        return view! { <div role="status">{note(Tone::Good, Icon::DONE, what, ())}</div>{chooser(import, words.choose_next)} }.into_any();
    }
    let what = if done.again { words.import_again.to_owned() } else { (words.import_villages)(&number(done.villages)) };
    view! {
        <div role="status">{note(Tone::Good, Icon::DONE, what, view! { <p>{words.file_gone}</p> })}</div>
        <div class="line">
            <a class="btn auto" href="/office/households">{words.see_households}</a>
            <a class="btn second auto" href="/office/assign">{words.assign_villages}</a>
            <button type="button" class="btn plain auto" on:click=move |_| import.undo()>{words.undo_import}</button>
        </div>
        <p class="hint">{words.undo_import_hint}</p>
        {chooser(import, words.choose_next)}
    }
    .into_any()
}

fn looked_at(import: Import, preview: Preview) -> AnyView {
    let words = import.words;
    let never = never_kept(words, &preview);
    let col = view! {
        <div class="col">
            {needs(words, &preview)}
            {villages(import, &preview)}
            {preview.comparison.as_ref().filter(|comparison| comparison.is_again()).map(|comparison| compared(import, comparison))}
            {problems(words, &preview)}
            {warnings(words, &preview.warnings, preview.counts.warnings)}
            {preview.sheets.iter().enumerate().map(|(n, sheet)| columns(import, n, sheet)).collect_view()}
            {sample(words, &preview.sample)}
            {chooser(import, words.choose_other)}
        </div>
    };
    view! { <div class="split">{col}{pane(import, &preview, never)}</div> }.into_any()
}

/// What a person has to decide first, each a link to its field.
fn needs(words: &'static Office, preview: &Preview) -> AnyView {
    if preview.needs.is_empty() {
        return ().into_any();
    }
    let place = |name: &str| preview.sheets.iter().position(|sheet| sheet.name == name).unwrap_or_default();
    let lines = preview
        .needs
        .iter()
        .map(|need| {
            let (id, says) = match need {
                Need::Head { sheet } => (format!("header-{}", place(sheet)), (words.need_head)(sheet_name(words, sheet))),
                Need::Village { sheet } => (format!("village-{}", place(sheet)), (words.need_village)(sheet_name(words, sheet))),
            };
            let href = format!("#{id}");
            let jump = move |event: leptos::ev::MouseEvent| {
                event.prevent_default();
                dom::focus(&id);
            };
            view! { <li><a href=href rel="external" on:click=jump>{says}</a></li> }
        })
        .collect_view();
    view! { <div id="import-needs" tabindex="-1">{note(Tone::Wait, Icon::PENCIL, words.needs_title, view! { <ul>{lines}</ul> })}</div> }
        .into_any()
}

fn sheet_name<'a>(words: &'static Office, name: &'a str) -> &'a str {
    if name.is_empty() { words.the_list } else { name }
}

/// Sheets and the villages that their households go to.
fn villages(import: Import, preview: &Preview) -> AnyView {
    let words = import.words;
    let known: Vec<String> = import.directory.villages().into_iter().map(|unit| unit.name).collect();
    let list = known.iter().map(|name| view! { <option value=name.clone()></option> }).collect_view();
    let sheets = preview.sheets.iter().enumerate().map(|(n, sheet)| sheet_row(import, n, sheet)).collect_view();
    let rows = preview.villages.iter().enumerate().map(|(n, village)| {
        let name = village.name.clone();
        let state = if village.known {
            words.village_known.into_any()
        } else {
            // Maybe it is there under another spelling: then the person says which one it is.
            let id = format!("same-{n}");
            let options = known.iter().map(|known| view! { <option value=known.clone()>{known.clone()}</option> }).collect_view();
            let same = {
                let (id, name) = (id.clone(), name.clone());
                move |event: Event| {
                    let known = event_target_value(&event);
                    if !known.is_empty() {
                        import.correct(id.clone(), |mapping| {
                            mapping.villages.insert(name.clone(), known);
                        });
                    }
                }
            };
            let spoken = (words.same_as)(&name);
            let choice = (!known.is_empty()).then(|| {
                view! { <select class="input" id=id aria-label=spoken on:change=same><option value="">{words.make_it}</option>{options}</select> }
            });
            view! { {mark(Tone::Wait, Icon::ADD, words.village_new)}{choice} }.into_any()
        };
        view! { <tr><th scope="row">{village.name.clone()}</th><td class="r">{number(village.households)}</td><td>{state}</td></tr> }
    });
    let none = preview.villages.is_empty();
    let rows = rows.collect_view();
    let taken = import.mapping.with_untracked(|mapping| mapping.villages.clone());
    let taken = taken
        .into_iter()
        .map(|(from, to)| {
            let says = (words.taken_as)(&from, &to);
            let undo = move |_| {
                import.correct(String::new(), |mapping| {
                    mapping.villages.remove(&from);
                })
            };
            view! { <li>{says}" "<button type="button" class="btn plain auto" on:click=undo>{words.undo}</button></li> }
        })
        .collect_view();
    view! {
        <datalist id="known-villages">{list}</datalist>
        <table class="tbl">
            <caption>{words.sheets_title}</caption>
            <thead><tr><th scope="col">{words.sheet}</th><th scope="col">{words.village}</th><th scope="col" class="r">{words.households_n}</th></tr></thead>
            <tbody>{sheets}</tbody>
        </table>
        <table class="tbl" hidden=none>
            <caption>{words.villages_of_file}</caption>
            <thead><tr><th scope="col">{words.village}</th><th scope="col" class="r">{words.households_n}</th><th scope="col">{words.in_the_book}</th></tr></thead>
            <tbody>{rows}</tbody>
        </table>
        <ul>{taken}</ul>
    }
    .into_any()
}

fn sheet_row(import: Import, n: usize, sheet: &Sheet) -> AnyView {
    let words = import.words;
    let id = format!("village-{n}");
    let out_id = format!("out-{n}");
    let name = sheet.name.clone();
    let of_lines = sheet.columns.iter().any(|column| column.column == Column::Village);
    let (guess, from) = sheet.village.as_ref().map_or((String::new(), None), |guess| (guess.name.clone(), Some(guess.from)));
    let source = from.map(|from| words.village_source(from)).or_else(|| of_lines.then_some(words.village_by_line));
    let choose = {
        let (id, name) = (id.clone(), name.clone());
        move |village: String| {
            let village = domain::text::clean(&village);
            import.correct_sheet(id.clone(), &name, |sheet| sheet.village = (!village.is_empty()).then_some(village));
        }
    };
    let typed = {
        let choose = choose.clone();
        move |event: Event| choose(event_target_value(&event))
    };
    // Read from the file's name only: a person says yes.
    let yes = (from == Some(VillageSource::FileName)).then(|| {
        let guess = guess.clone();
        view! { <button type="button" class="btn second auto" on:click=move |_| choose(guess.clone())>{words.village_yes}</button> }
    });
    let leave = {
        let (out_id, name) = (out_id.clone(), name.clone());
        move |event: Event| {
            let out = event_target_checked(&event);
            import.correct_sheet(out_id.clone(), &name, |sheet| sheet.left_out = Some(out));
        }
    };
    let shown = sheet_name(words, &name).to_owned();
    let spoken = (words.village_of)(&shown);
    let out = sheet.left_out;
    view! {
        <tr>
            <th scope="row">
                {shown}<br/>
                <label class="small check"><input type="checkbox" id=out_id prop:checked=out on:change=leave/>" "{words.leave_out}</label>
            </th>
            <td>
                <div hidden=out>
                    <input class="input" id=id list="known-villages" autocomplete="off" aria-label=spoken prop:value=guess on:change=typed/>
                    <span class="hint">{source}</span>
                    {yes}
                </div>
            </td>
            <td class="r">{number(sheet.households)}</td>
        </tr>
    }
    .into_any()
}

/// What a column can be taken for; what is never kept is not among them.
const COLUMNS: [Column; 9] = [
    Column::Head,
    Column::No,
    Column::People,
    Column::Phone,
    Column::Hint,
    Column::Cluster,
    Column::Village,
    Column::Code,
    Column::Ignored,
];

fn columns(import: Import, n: usize, sheet: &Sheet) -> AnyView {
    if sheet.left_out {
        return ().into_any();
    }
    let words = import.words;
    let rows = sheet.columns.iter().map(|column| column_row(import, n, &sheet.name, column)).collect_view();
    let id = format!("header-{n}");
    let header = {
        let (id, name) = (id.clone(), sheet.name.clone());
        move |event: Event| {
            let line = event_target_value(&event).trim().parse().ok();
            import.correct_sheet(id.clone(), &name, |sheet| sheet.header = line);
        }
    };
    let title = (words.columns_of)(sheet_name(words, &sheet.name));
    let encoding = encoding(import, n, sheet);
    view! {
        <table class="tbl">
            <caption>{title}</caption>
            <thead><tr><th scope="col">{words.column}</th><th scope="col">{words.example}</th><th scope="col">{words.goes_to}</th></tr></thead>
            <tbody>{rows}</tbody>
        </table>
        {encoding}
        <div class="fld">
            <label for=id.clone()>{words.header_line}</label>
            <span class="hint">{words.header_line_hint}</span>
            <input class="input day" id=id inputmode="numeric" autocomplete="off" prop:value=sheet.header.to_string() on:change=header/>
        </div>
    }
    .into_any()
}

/// Which encoding the text was recognised to be in, and the choice of another.
fn encoding(import: Import, n: usize, sheet: &Sheet) -> AnyView {
    let words = import.words;
    let id = format!("encoding-{n}");
    let options = Encoding::ALL
        .into_iter()
        .enumerate()
        .map(|(place, one)| view! { <option value=place.to_string() selected=sheet.encoding == Some(one)>{words.encoding(one)}</option> })
        .collect_view();
    let choose = {
        let (id, name) = (id.clone(), sheet.name.clone());
        move |event: Event| {
            let chosen = event_target_value(&event).parse::<usize>().ok().and_then(|place| Encoding::ALL.get(place).copied());
            import.correct_sheet(id.clone(), &name, |sheet| sheet.encoding = chosen);
        }
    };
    let old: Vec<&str> = sheet.converted.keys().map(|encoding| words.encoding(*encoding)).collect();
    let found = if old.is_empty() { words.encoding(Encoding::Unicode).to_owned() } else { old.join(", ") };
    let converted = (!old.is_empty()).then(|| (words.converted_n)(&number(sheet.converted.values().sum()), &found));
    let itself = match sheet.encoding {
        None => (words.encoding_found)(&found),
        Some(_) => words.encoding_itself.to_owned(),
    };
    let spoken = (words.encoding_of)(sheet_name(words, &sheet.name));
    view! {
        <div class="fld">
            <label for=id.clone()>{words.encoding_label}" "<b>{converted}</b></label>
            <span class="hint">{words.encoding_hint}</span>
            <select class="input" id=id aria-label=spoken on:change=choose><option value="">{itself}</option>{options}</select>
        </div>
    }
    .into_any()
}

fn column_row(import: Import, n: usize, sheet: &str, column: &ColumnView) -> AnyView {
    let words = import.words;
    let title = if column.title.is_empty() { (words.column_n)(&(column.at + 1).to_string()) } else { column.title.clone() };
    let (example, goes) = if let Column::Never(never) = column.column {
        (
            view! { <td class="muted">{words.not_shown}</td> }.into_any(),
            view! { {mark(Tone::Bad, Icon::STOP, words.not_kept)}<br/><span class="small">{words.never(never)}</span> }.into_any(),
        )
    } else {
        let id = format!("column-{n}-{}", column.at);
        let options = COLUMNS
            .into_iter()
            .enumerate()
            .map(|(place, one)| view! { <option value=place.to_string() selected=one == column.column>{words.column_label(one)}</option> })
            .collect_view();
        let choose = {
            let (id, sheet, at) = (id.clone(), sheet.to_owned(), column.at);
            move |event: Event| {
                let chosen = event_target_value(&event).parse::<usize>().ok().and_then(|place| COLUMNS.get(place).copied());
                if let Some(chosen) = chosen {
                    import.correct_sheet(id.clone(), &sheet, |sheet| {
                        sheet.columns.insert(at, chosen);
                    });
                }
            }
        };
        let spoken = (words.column_goes_to)(&title);
        (
            view! { <td>{column.example.clone()}</td> }.into_any(),
            view! { <select class="input" id=id aria-label=spoken on:change=choose>{options}</select> }.into_any(),
        )
    };
    view! { <tr><th scope="row">{title}</th>{example}<td>{goes}</td></tr> }.into_any()
}

fn place(words: &'static Office, sheet: &str, line: u32) -> AnyView {
    let sheet = (!sheet.is_empty()).then(|| view! { {sheet.to_owned()}<br/> });
    view! { <th scope="row">{sheet}<span class="muted">{(words.line_n)(&line.to_string())}</span></th> }.into_any()
}

/// What could be read of a line, in one line.
fn read_of(words: &'static Office, row: &Row) -> String {
    let head = if row.household.head.is_empty() { "–".to_owned() } else { row.household.head.clone() };
    let no = (!row.household.no.is_empty()).then(|| (words.number_n)(&row.household.no));
    let people = row.household.people.map(|n| (words.people_in)(&n.to_string()));
    let village = (!row.village.is_empty()).then(|| row.village.clone());
    [Some(head), village, no, people].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// What the list comes to beside the book: what is asked, what changes, what is not in the list any more.
fn compared(import: Import, comparison: &Comparison) -> AnyView {
    let words = import.words;
    let changes: Vec<AnyView> = comparison.changes.iter().map(|changed| changed_row(words, changed)).collect();
    let missing: Vec<AnyView> = comparison
        .missing
        .iter()
        .map(|is| {
            view! { <tr><th scope="row">{is.code.clone()}</th><td>{is.household.head.clone()}</td><td>{is.village.clone()}</td><td>{is.household.no.clone()}</td></tr> }
                .into_any()
        })
        .collect();
    let asked = comparison.asked.iter().enumerate().map(|(n, asked)| asked_row(import, n, asked)).collect::<Vec<_>>();
    let take = import.mapping.with_untracked(|mapping| mapping.choices.numbers);
    let numbers = (comparison.renumbered > 0 || take).then(|| {
        let choose = move |event: Event| {
            let numbers = event_target_checked(&event);
            import.correct("take-numbers".to_owned(), |mapping| mapping.choices.numbers = numbers);
        };
        let note = (words.renumbered_n)(&number(comparison.renumbered));
        view! {
            <div class="fld">
                <span class="hint" hidden=comparison.renumbered == 0>{note}</span>
                <label class="check"><input type="checkbox" id="take-numbers" prop:checked=take on:change=choose/>" "{words.take_numbers}</label>
            </div>
        }
    });
    let waits = (!asked.is_empty()).then(|| view! { <p class="hint">{words.asked_note}</p> });
    view! {
        {table((words.asked_title)(&number(comparison.unsure)), &[words.place_in_file, words.in_the_list, words.in_the_book], asked, SHOWN)}
        {waits}
        {table((words.changes_title)(&number(comparison.changed)), &[words.household_code, words.head, words.what_changes], changes, SHOWN)}
        {numbers}
        {table((words.missing_title)(&number(comparison.gone)), &[words.household_code, words.head, words.village, words.number], missing, 5)}
    }
    .into_any()
}

fn changed_row(words: &'static Office, changed: &Changed) -> AnyView {
    let lines = |differences: &[Difference], says: fn(&'static Office, &Difference) -> String| {
        differences.iter().map(|difference| view! { <li>{says(words, difference)}</li> }).collect_view()
    };
    let (changes, kept) = (lines(&changed.changes, Office::difference), lines(&changed.kept, Office::kept_difference));
    view! {
        <tr>
            <th scope="row">{changed.is.code.clone()}</th>
            <td>{changed.is.household.head.clone()}</td>
            <td><ul>{changes}{kept}</ul></td>
        </tr>
    }
    .into_any()
}

/// A line beside the households that it could be, and the choice.
fn asked_row(import: Import, n: usize, asked: &Asked) -> AnyView {
    let words = import.words;
    let id = format!("asked-{n}");
    let (sheet, line) = (asked.row.sheet.clone(), asked.row.line);
    let candidates = asked
        .candidates
        .iter()
        .map(|is| view! { <li>{is.code.clone()}" · "{with_phone(words, &Row::from((is.village.clone(), is.household.clone())))}</li> })
        .collect_view();
    let choices: Vec<Choice> = asked.candidates.iter().map(|is| Choice::Is(is.id)).chain([Choice::New, Choice::Leave]).collect();
    let options = choices
        .iter()
        .enumerate()
        .map(|(place, choice)| {
            let says = match choice {
                Choice::Is(_) => (words.choice_is)(asked.candidates.get(place).map_or("", |is| is.code.as_str())),
                Choice::New => words.choice_new.to_owned(),
                Choice::Leave => words.choice_leave.to_owned(),
            };
            view! { <option value=place.to_string() selected=asked.choice == Some(*choice)>{says}</option> }
        })
        .collect_view();
    let choose = {
        let id = id.clone();
        move |event: Event| {
            let chosen = event_target_value(&event).parse::<usize>().ok().and_then(|place| choices.get(place).copied());
            import.correct(id.clone(), |mapping| {
                let lines = mapping.choices.lines.entry(sheet.clone()).or_default();
                match chosen {
                    Some(chosen) => lines.insert(line, chosen),
                    None => lines.remove(&line),
                };
            });
        }
    };
    let doubt = asked.doubt.map(|doubt| mark(Tone::Wait, Icon::PENCIL, words.match_doubt(doubt)));
    let spoken = (words.decide_line)(&line.to_string());
    view! {
        <tr>
            {place(words, &asked.row.sheet, line)}
            <td>{with_phone(words, &asked.row)}<br/>{doubt}</td>
            <td>
                <ul>{candidates}</ul>
                <select class="input" id=id aria-label=spoken on:change=choose><option value="">{words.not_decided}</option>{options}</select>
            </td>
        </tr>
    }
    .into_any()
}

/// [`read_of`] with the telephone, so that two can be told apart.
fn with_phone(words: &'static Office, row: &Row) -> String {
    let phone = domain::text::phone_mask(&row.household.phone);
    if phone.is_empty() { read_of(words, row) } else { format!("{} · {phone}", read_of(words, row)) }
}

fn problems(words: &'static Office, preview: &Preview) -> AnyView {
    let rows: Vec<AnyView> = preview
        .problems
        .iter()
        .map(|problem| {
            view! {
                <tr>
                    {place(words, &problem.row.sheet, problem.row.line)}
                    <td>{read_of(words, &problem.row)}</td>
                    <td>{mark(Tone::Bad, Icon::WARNING, words.roll_reason(&problem.reason))}</td>
                    <td>{words.advice(problem.reason.advice())}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    if rows.is_empty() {
        return ().into_any();
    }
    let file = problems_file(words, preview);
    let save = move |_| browser::save_file(words.problems_file, &file);
    let title = (words.problems_title)(&number(preview.counts.problems));
    view! {
        {table(title, &[words.place_in_file, words.in_the_file, words.reason, words.what_to_do], rows, SHOWN)}
        <button type="button" class="btn second auto" on:click=save>{words.download_problems}</button>
    }
    .into_any()
}

/// The lines that are not kept as a table for Excel: where they stand, why, and their cells under the titles of their
/// sheet. What is never kept is not in it.
fn problems_file(words: &'static Office, preview: &Preview) -> String {
    let mut lines = Vec::new();
    for sheet in &preview.sheets {
        let mut problems = preview.problems.iter().filter(|problem| problem.row.sheet == sheet.name).peekable();
        if problems.peek().is_none() {
            continue;
        }
        let kept: Vec<bool> = sheet.columns.iter().map(|column| !matches!(column.column, Column::Never(_))).collect();
        let cells =
            |cells: Vec<&str>| cells.into_iter().zip(&kept).filter(|(_, kept)| **kept).map(|(cell, _)| cell.to_owned()).collect::<Vec<_>>();
        let titles = [words.sheet, words.line, words.reason, words.what_to_do].map(str::to_owned);
        lines.push([titles.to_vec(), cells(sheet.columns.iter().map(|column| column.title.as_str()).collect())].concat());
        for problem in problems {
            let (place, reason) = (problem.row.line.to_string(), words.roll_reason(&problem.reason));
            let about = vec![sheet_name(words, &sheet.name).to_owned(), place, reason, words.advice(problem.reason.advice()).to_owned()];
            lines.push([about, cells(problem.cells.iter().map(String::as_str).collect())].concat());
        }
    }
    let listed = u32::try_from(preview.problems.len()).unwrap_or(u32::MAX);
    let more = preview.counts.problems.saturating_sub(listed);
    lines.extend((more > 0).then(|| vec![(words.problems_more)(&number(more))]));
    domain::text::csv(&lines)
}

fn warnings(words: &'static Office, warnings: &[Warning], count: u32) -> AnyView {
    let rows: Vec<AnyView> = warnings
        .iter()
        .map(|warning| {
            view! {
                <tr>
                    {place(words, &warning.sheet, warning.line)}
                    <td>{warning.head.clone()}</td>
                    <td>{mark(Tone::Wait, Icon::PENCIL, words.roll_doubt(&warning.doubt))}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    view! { <div id="import-warnings" tabindex="-1">{table((words.warnings_title)(&number(count)), &[words.place_in_file, words.head, words.doubt], rows, SHOWN)}</div> }
        .into_any()
}

fn sample(words: &'static Office, sample: &[Row]) -> AnyView {
    let rows: Vec<AnyView> = sample
        .iter()
        .map(|row| {
            let household = &row.household;
            view! {
                <tr>
                    {place(words, &row.sheet, row.line)}
                    <td>{household.head.clone()}</td>
                    <td>{row.village.clone()}</td>
                    <td>{household.no.clone()}</td>
                    <td class="r">{household.people.map(|n| n.to_string())}</td>
                    <td>{domain::text::phone_mask(&household.phone)}</td>
                    <td>{[household.cluster.as_str(), household.hint.as_str()].join(" ")}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let titles = [words.place_in_file, words.head, words.village, words.number, words.people_n, words.phone_number, words.place];
    table(words.sample_title.to_owned(), &titles, rows, 5)
}

/// A table of which the first rows are shown until somebody wants all.
fn table(title: String, titles: &[&'static str], mut rows: Vec<AnyView>, shown: usize) -> AnyView {
    if rows.is_empty() {
        return ().into_any();
    }
    let words = words();
    let titles = titles.iter().map(|title| view! { <th scope="col">{*title}</th> }).collect_view();
    let rest = rows.split_off(rows.len().min(shown));
    let all = RwSignal::new(rest.is_empty());
    let more = (words.more_lines)(&rest.len().to_string());
    view! {
        <table class="tbl text">
            <caption>{title}</caption>
            <thead><tr>{titles}</tr></thead>
            <tbody>{rows}</tbody>
            <tbody hidden=move || !all.get()>{rest}</tbody>
        </table>
        <button type="button" class="btn second auto" hidden=move || all.get() on:click=move |_| all.set(true)>{more}</button>
    }
    .into_any()
}

/// The titles of columns that are never kept.
fn never_kept(words: &'static Office, preview: &Preview) -> Vec<String> {
    let columns = preview.sheets.iter().flat_map(|sheet| &sheet.columns);
    let mut titles: Vec<String> = columns
        .filter_map(|column| match column.column {
            Column::Never(never) if column.title.is_empty() => Some(words.never(never).to_owned()),
            Column::Never(_) => Some(column.title.clone()),
            _ => None,
        })
        .collect();
    titles.sort();
    titles.dedup();
    titles
}

fn pane(import: Import, preview: &Preview, never: Vec<String>) -> AnyView {
    let words = import.words;
    let counts = preview.counts;
    let lines = counts.households + counts.problems + counts.skipped;
    let new_villages = preview.villages.iter().filter(|village| !village.known && village.households > 0).count();
    let comparison = preview.comparison.as_ref().filter(|comparison| comparison.is_again());
    let again = comparison.map(|comparison| (comparison.new, comparison.changed));
    let label = move || {
        if import.busy.get() == Some(Step::Store) {
            return words.saving.to_owned();
        }
        if let Some((new, changed)) = again {
            return (words.store_button_again)(&number(new), &number(changed));
        }
        match new_villages {
            0 => (words.store_button)(&number(counts.households)),
            n => (words.store_button_villages)(&number(counts.households), &n.to_string()),
        }
    };
    let warned = (counts.warnings > 0).then(|| {
        let jump = move |event: leptos::ev::MouseEvent| {
            event.prevent_default();
            dom::focus("import-warnings");
        };
        let rest = view! { <span>{words.warnings_note}" "<a href="#import-warnings" rel="external" on:click=jump>{words.see}</a></span> };
        note(Tone::Wait, Icon::WARNING, (words.warnings_n)(&number(counts.warnings)), rest)
    });
    let kept_out = (!never.is_empty())
        .then(|| note(Tone::Plain, Icon::STOP, words.never_title, view! { <p>{never.join(", ")}". "{words.never_note}</p> }));
    let busy = move || (import.busy.get() == Some(Step::Store)).then_some("true");
    let store = if again == Some((0, 0)) {
        note(Tone::Plain, Icon::DONE, words.nothing_to_store, ())
    } else {
        view! {
            <button type="button" class="btn" aria-busy=busy on:click=move |_| import.store()>{label}</button>
            <p class="hint">{words.store_note}</p>
        }
        .into_any()
    };
    let cancel = move |_| {
        import.preview.set(None);
        import.file.set(None);
        import.fault.set(None);
    };
    let count = |label: &'static str, n: u32, class: &'static str| {
        view! { <tr><th scope="row">{label}</th><td class="r"><b class=class>{number(n)}</b></td></tr> }
    };
    view! {
        <aside class="pane" aria-label=words.summary>
            <h2>{(words.lines_read)(&number(lines))}</h2>
            <table class="tbl">
                <caption class="unseen">{words.summary}</caption>
                <tbody>
                    {again.map_or_else(
                        || count(words.new_households, counts.households, ""),
                        |(new, _)| count(words.only_new, new, ""),
                    )}
                    {comparison.map(|comparison| {
                        let waits = if comparison.unsure > 0 { "bad" } else { "" };
                        view! {
                            {count(words.changed_households, comparison.changed, "")}
                            {count(words.unchanged_households, comparison.unchanged, "")}
                            {count(words.unsure_lines, comparison.unsure, waits)}
                            {count(words.left_lines, comparison.left, "")}
                            {count(words.missing_households, comparison.gone, "")}
                        }
                    })}
                    {count(words.not_kept_lines, counts.problems, if counts.problems > 0 { "bad" } else { "" })}
                    {count(words.skipped_lines, counts.skipped, "")}
                </tbody>
            </table>
            {warned}
            {kept_out}
            {store}
            <button type="button" class="btn plain" on:click=cancel>{words.cancel_import}</button>
        </aside>
    }
    .into_any()
}
