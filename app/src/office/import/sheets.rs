//! The sheets of a file: which village each goes to, what its columns are taken for, and how its text is encoded.

use super::{Import, sheet_name};
use crate::ui::{mark, number};
use app::ui::icon::{Icon, Tone};
use domain::encoding::Encoding;
use domain::roll::{Column, ColumnView, Need, Preview, Sheet, Unnumbered, VillageSource};
use leptos::ev::Event;
use leptos::prelude::*;

/// Sheets and the villages that their households go to.
pub(super) fn villages(import: Import, preview: &Preview) -> AnyView {
    let words = import.words;
    let known: Vec<String> = import.directory.villages().into_iter().map(|unit| unit.name).collect();
    let list = known.iter().map(|name| view! { <option value=name.clone()></option> }).collect_view();
    let sheets = preview.sheets.iter().enumerate().map(|(n, sheet)| sheet_row(import, n, sheet, &preview.needs)).collect_view();
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

fn sheet_row(import: Import, n: usize, sheet: &Sheet, needs: &[Need]) -> AnyView {
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
    let disagree = needs.iter().any(|need| matches!(need, Need::Disagree { sheet: asked, .. } if *asked == name));
    // Read from the file's name only, or the sheet names two: a person says yes.
    let yes = (from == Some(VillageSource::FileName) || disagree).then(|| {
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
    let take_it = needs.iter().find_map(|need| match need {
        Need::Twice { sheet: asked, .. } if *asked == name => Some(words.take_sheet_too),
        Need::Persons { sheet: asked } if *asked == name => Some(words.unnumbered_household),
        _ => None,
    });
    let too = take_it.map(|label| {
        let (out_id, name) = (out_id.clone(), name.clone());
        let take = move |_| import.correct_sheet(out_id.clone(), &name, |sheet| sheet.left_out = Some(false));
        view! { <br/><button type="button" class="btn second auto" on:click=take>{label}</button> }
    });
    let shown = sheet_name(words, &name).to_owned();
    let spoken = (words.village_of)(&shown);
    let out = sheet.left_out;
    view! {
        <tr>
            <th scope="row">
                {shown}<br/>
                <label class="small check"><input type="checkbox" id=out_id prop:checked=out on:change=leave/>" "{words.leave_out}</label>
                {too}
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
const COLUMNS: [Column; 10] = [
    Column::Head,
    Column::No,
    Column::People,
    Column::Phone,
    Column::Hint,
    Column::Cluster,
    Column::Village,
    Column::Code,
    Column::Relation,
    Column::Ignored,
];

pub(super) fn columns(import: Import, n: usize, sheet: &Sheet, needs: &[Need]) -> AnyView {
    if sheet.left_out {
        return ().into_any();
    }
    let words = import.words;
    let asked = |column: &ColumnView| {
        let about = |need: &Need| match need {
            Need::Column { sheet: asked, at } | Need::Relation { sheet: asked, at } => *asked == sheet.name && *at == column.at,
            _ => false,
        };
        needs.iter().any(about)
    };
    let rows = sheet.columns.iter().map(|column| column_row(import, n, &sheet.name, column, asked(column))).collect_view();
    let unnumbered = unnumbered(import, n, sheet);
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
        {unnumbered}
        {encoding}
        <div class="fld">
            <label for=id.clone()>{words.header_line}</label>
            <span class="hint">{words.header_line_hint}</span>
            <input class="input day" id=id inputmode="numeric" autocomplete="off" prop:value=sheet.header.to_string() on:change=header/>
        </div>
    }
    .into_any()
}

/// What the lines are that have no number, where that is open.
fn unnumbered(import: Import, n: usize, sheet: &Sheet) -> Option<AnyView> {
    const CHOICES: [Unnumbered; 3] = [Unnumbered::Household, Unnumbered::Member, Unnumbered::Neither];
    let words = import.words;
    if sheet.unnumbered == 0 {
        return None;
    }
    let id = format!("unnumbered-{n}");
    let label = |choice| match choice {
        Unnumbered::Household => words.unnumbered_household,
        Unnumbered::Member => words.unnumbered_member,
        Unnumbered::Neither => words.unnumbered_neither,
    };
    let options = CHOICES
        .into_iter()
        .enumerate()
        .map(|(place, one)| view! { <option value=place.to_string() selected=sheet.taken_as == Some(one)>{label(one)}</option> })
        .collect_view();
    let choose = {
        let (id, name) = (id.clone(), sheet.name.clone());
        move |event: Event| {
            let chosen = event_target_value(&event).parse::<usize>().ok().and_then(|place| CHOICES.get(place).copied());
            import.correct_sheet(id.clone(), &name, |sheet| sheet.unnumbered = chosen);
        }
    };
    let spoken = (words.unnumbered_of)(sheet_name(words, &sheet.name));
    let label = (words.unnumbered_label)(&number(sheet.unnumbered));
    let field = view! {
        <div class="fld">
            <label for=id.clone()>{label}</label>
            <span class="hint">{words.unnumbered_hint}</span>
            <select class="input" id=id aria-label=spoken on:change=choose><option value="">{words.to_choose}</option>{options}</select>
        </div>
    };
    Some(field.into_any())
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

/// `asked` says that a person has to choose.
fn column_row(import: Import, n: usize, sheet: &str, column: &ColumnView, asked: bool) -> AnyView {
    let words = import.words;
    let title = if column.title.is_empty() { (words.column_n)(&(column.at + 1).to_string()) } else { column.title.clone() };
    let (example, goes) = if let Column::Never(never) = column.column {
        let phone = column.may_be_phone.then(|| {
            let (id, sheet, at) = (format!("column-{n}-{}", column.at), sheet.to_owned(), column.at);
            let choose = {
                let id = id.clone();
                move |event: Event| {
                    if event_target_value(&event) == "phone" {
                        import.correct_sheet(id.clone(), &sheet, |sheet| {
                            sheet.columns.insert(at, Column::Phone);
                        });
                    }
                }
            };
            let spoken = (words.column_goes_to)(&title);
            view! {
                <br/>
                <select class="input" id=id aria-label=spoken on:change=choose>
                    <option value="">{words.not_kept}</option>
                    <option value="phone">{words.column_label(Column::Phone)}</option>
                </select>
            }
        });
        (
            view! { <td class="muted">{words.not_shown}</td> }.into_any(),
            view! { {mark(Tone::Bad, Icon::STOP, words.not_kept)}<br/><span class="small">{words.never(never)}</span>{phone} }.into_any(),
        )
    } else {
        let id = format!("column-{n}-{}", column.at);
        let options = COLUMNS
            .into_iter()
            .enumerate()
            .map(|(place, one)| view! { <option value=place.to_string() selected=one == column.column && !asked>{words.column_label(one)}</option> })
            .collect_view();
        let open = asked.then(|| view! { <option value="" selected=true>{words.to_choose}</option> });
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
            view! { <select class="input" id=id aria-label=spoken on:change=choose>{open}{options}</select> }.into_any(),
        )
    };
    view! { <tr><th scope="row">{title}</th>{example}<td>{goes}</td></tr> }.into_any()
}
