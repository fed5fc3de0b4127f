//! Bringing in a household roll: choose a file, look at what would come of it, correct it, store it.
//! Nothing is stored before the button is pressed, and one chosen file is stored once, however often it is pressed.

mod comparison;
mod lines;
mod sheets;

use crate::again::Again;
use crate::browser::{self, NoFile, Upload};
use crate::directory::{Directory, directory};
use crate::fetched::Fetched;
use crate::session::{Fault, Session, new_id, session, shared, today, words};
use crate::ui::{self, heading, mark, number};
use crate::words::Office;
use app::platform::{dom, time};
use app::ui::icon::{Icon, Tone};
use app::ui::note::note;
use domain::id::DeviceId;
use domain::office::{ImportRow, Imported, Listed, Progress, UndoImport};
use domain::roll::{Column, Format, MOST_BYTES, Mapping, Need, Preview, SheetMapping};
use domain::wire::RefusalCode;
use leptos::ev::Event;
use leptos::html::Input;
use leptos::prelude::*;
use leptos::task::spawn_local;

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
    again: Again,
    done: RwSignal<Option<Imported>>,
    /// How much was taken back again.
    undone: RwSignal<Option<Imported>>,
    /// How far the storing is.
    progress: RwSignal<Progress>,
    latest: StoredValue<u32>,
    /// The lines that are not imported did not arrive.
    no_lines: RwSignal<bool>,
    directory: Directory,
    /// The imports of before, to be looked at and undone.
    past: Fetched<Listed<ImportRow>>,
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
        again: Again::new(),
        done: RwSignal::new(None),
        undone: RwSignal::new(None),
        progress: RwSignal::new(Progress::default()),
        latest: StoredValue::new(0),
        no_lines: RwSignal::new(false),
        directory: directory(),
        past: Fetched::new(|| Some("roll/imports".to_owned())),
    };
    let content = move || match (import.done.get(), import.preview.get()) {
        (Some(done), _) => finished(import, &done),
        (None, Some(preview)) => looked_at(import, preview),
        (None, None) => {
            let past = import.past.draw(move |past| past_imports(import, past.rows));
            view! { <p>{words.import_intro}</p>{chooser(import, words.choose_file)}{past} }.into_any()
        }
    };
    view! {
        <div>
            {move || stepper(import)}
            {heading(move || title(import))}
            {move || import.preview.with(|preview| preview.as_ref().map(|preview| about_file(import, preview)))}
        </div>
        {move || import.trouble()}
        {content}
    }
    .into_any()
}

fn past_imports(import: Import, rows: Vec<ImportRow>) -> AnyView {
    if rows.is_empty() {
        return ().into_any();
    }
    let words = import.words;
    let several = rows.first().is_some_and(|first| rows.iter().any(|row| row.unit != first.unit));
    let rows = rows
        .into_iter()
        .map(|row| {
            let when = shared().moment(row.at, today());
            let did = (words.past_import)(&number(row.did.households), &number(row.did.changed));
            let unit = several.then(|| view! { <br/><span class="small muted">{row.unit.clone()}</span> });
            let act = if row.undone {
                mark(Tone::Plain, Icon::UNDO, words.import_was_undone)
            } else {
                let (spoken, did) = ((words.look_at_import_of)(&when), Imported { again: false, ..row.did });
                let look = move |_| {
                    import.confirmation.set_value(row.import);
                    import.undo_confirmation.set_value(new_id(DeviceId::new));
                    import.done.set(Some(did.clone()));
                };
                view! { <button type="button" class="btn second auto" aria-label=spoken on:click=look>{words.look_at_import}</button> }
                    .into_any()
            };
            view! { <tr><th scope="row">{when}</th><td>{row.by}{unit}</td><td>{did}</td><td>{act}</td></tr> }
        })
        .collect_view();
    view! {
        <section class="stack">
            <h2>{words.past_imports}</h2>
            <table class="tbl">
                <caption class="unseen">{words.past_imports}</caption>
                <thead><tr>
                    <th scope="col">{words.when}</th>
                    <th scope="col">{words.who}</th>
                    <th scope="col">{words.what}</th>
                    <th scope="col"><span class="unseen">{words.undo_import}</span></th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
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

fn about_file(import: Import, preview: &Preview) -> AnyView {
    let words = import.words;
    let format = match preview.format {
        Format::Xlsx | Format::Xls => (words.sheets_n)(&preview.sheets.len().to_string()),
        Format::Csv { separator, utf16: false } => words.separated_by(separator),
        Format::Csv { separator, utf16: true } => format!("{}, {}", words.separated_by(separator), words.utf16),
    };
    let nothing_yet = move || import.done.with(Option::is_none).then_some(words.nothing_yet);
    view! { <p class="muted">{words.file}" "<b>{preview.file.clone()}</b>", "{format}". "{nothing_yet}</p> }.into_any()
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

    /// Saves all lines that do not become households, however many, as a file.
    fn save_lines(self) {
        let Some(file) = self.file.get_untracked() else { return };
        let fields = vec![("mapping", self.mapping_json()), ("all", "1".to_owned())];
        spawn_local(async move {
            let answer = self.session.post_file::<Preview>("roll/preview", &file, fields).await;
            self.no_lines.try_set(answer.is_err());
            if let Ok(all) = answer {
                browser::save_file(self.words.problems_file, lines::lines_file(self.words, &all).as_bytes());
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
            let work = || self.session.post_file::<Imported>("roll/import", &file, fields.clone());
            let Some(answer) = self.again.until_answered(work, || ()).await else { return };
            self.busy.try_set(None);
            match answer {
                Ok(done) => {
                    self.fault.try_set(None);
                    self.done.try_set(Some(done));
                    // Villages may have come with it.
                    self.directory.units.again();
                    self.past.again();
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
            let work = || self.session.post::<Imported>("roll/undo", &undo);
            let Some(answer) = self.again.until_answered(work, || ()).await else { return };
            self.busy.try_set(None);
            match answer {
                Ok(undone) => {
                    self.fault.try_set(None);
                    self.undone.try_set(Some(undone));
                    self.past.again();
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
        let waits = move || view! { <div role="alert">{self.again.view()}</div> };
        match self.busy.get() {
            Some(Step::Read) => return view! { <p class="saved" role="status">{words.reading}</p> }.into_any(),
            Some(Step::Undo) => return view! { {waits}<p class="saved" role="status">{words.storing}</p> }.into_any(),
            Some(Step::Store) => {
                let far = move || {
                    let Progress { done, all } = self.progress.get();
                    (all > 0).then(|| (words.stored_so_far)(&number(done), &number(all)))
                };
                return view! {
                    {waits}
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
        let stay = (done.villages > 0).then(|| view! { <p>{(words.villages_stay)(&number(done.villages))}</p> });
        return view! { <div role="status">{note(Tone::Good, Icon::DONE, what, stay)}</div>{chooser(import, words.choose_next)} }
            .into_any();
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
            {sheets::villages(import, &preview)}
            {preview.comparison.as_ref().filter(|comparison| comparison.is_again()).map(|comparison| comparison::compared(import, comparison))}
            {lines::problems(import, &preview)}
            {lines::warnings(words, &preview.warnings, preview.counts.warnings)}
            {preview.sheets.iter().enumerate().map(|(n, sheet)| sheets::columns(import, n, sheet, &preview.needs)).collect_view()}
            {lines::sample(words, &preview.sample)}
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
            let title = |sheet: &str, at: u16| {
                let columns = preview.sheets.iter().filter(|one| one.name == sheet).flat_map(|sheet| &sheet.columns);
                let title = columns.filter(|column| column.at == at).map(|column| column.title.clone()).next().unwrap_or_default();
                if title.is_empty() { (words.column_n)(&(at + 1).to_string()) } else { title }
            };
            let (id, says) = match need {
                Need::Disagree { sheet, taken, other } => {
                    (format!("village-{}", place(sheet)), (words.need_disagree)(sheet_name(words, sheet), taken, other))
                }
                Need::Column { sheet, at } => {
                    (format!("column-{}-{at}", place(sheet)), (words.need_column)(sheet_name(words, sheet), &title(sheet, *at)))
                }
                Need::Relation { sheet, at } => {
                    (format!("column-{}-{at}", place(sheet)), (words.need_relation)(sheet_name(words, sheet), &title(sheet, *at)))
                }
                Need::Unnumbered { sheet, lines } => {
                    (format!("unnumbered-{}", place(sheet)), (words.need_unnumbered)(sheet_name(words, sheet), &number(*lines)))
                }
                Need::Persons { sheet } => (format!("out-{}", place(sheet)), (words.need_persons)(sheet_name(words, sheet))),
                Need::Twice { sheet, other } => (format!("out-{}", place(sheet)), (words.need_twice)(sheet, other)),
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
    let lines = counts.households + counts.members + counts.problems + counts.skipped;
    let new_villages = preview.villages.iter().filter(|village| !village.known && village.households > 0).count() as u32;
    let comparison = preview.comparison.as_ref().filter(|comparison| comparison.is_again());
    let again = comparison.map(|comparison| (comparison.new, comparison.changed));
    let label = move || {
        if import.busy.get() == Some(Step::Store) {
            return words.saving.to_owned();
        }
        if let Some((new, changed)) = again {
            let does = (words.store_button_again)(&number(new), &number(changed));
            return if new_villages == 0 { does } else { (words.and_villages)(&does, &number(new_villages)) };
        }
        match new_villages {
            0 => (words.store_button)(&number(counts.households)),
            n => (words.store_button_villages)(&number(counts.households), &number(n)),
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
    let hidden = (preview.hidden_lines > 0).then(|| {
        note(Tone::Wait, Icon::WARNING, (words.hidden_lines)(&number(preview.hidden_lines)), view! { <p>{words.hidden_lines_note}</p> })
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
                    {(counts.members > 0).then(|| count(words.member_lines, counts.members, ""))}
                    {count(words.not_kept_lines, counts.problems, if counts.problems > 0 { "bad" } else { "" })}
                    {count(words.skipped_lines, counts.skipped, "")}
                </tbody>
            </table>
            {hidden}
            {warned}
            {kept_out}
            {store}
            <button type="button" class="btn plain" on:click=cancel>{words.cancel_import}</button>
        </aside>
    }
    .into_any()
}
