//! Makes the organisation's recovery key: drawn in this browser, split into three sheets of paper, and forgotten here once
//! somebody has shown that they have the paper. What leaves the browser is the public half.

use crate::browser;
use crate::form::{Form, Typed, typed};
use crate::session::{today, words};
use crate::words::Office;
use app::platform::{dom, random};
use app::ui::icon::{Icon, Tone};
use app::ui::note::note;
use leptos::prelude::*;
use seal::recovery::{PrivateKey, PublicKey};
use seal::sheet::{Sheet, split};
use serde_bytes::ByteBuf;

/// The sheets and what is checked of them. `place` is whose key it is, in words; `send` is told of the public half when the
/// sheets are in three hands, and says through the form what became of it.
pub fn make(
    place: impl Fn() -> String + Copy + Send + Sync + 'static,
    send: impl Fn(Form, ByteBuf) + Copy + Send + Sync + 'static,
) -> AnyView {
    let words = words();
    let made = RwSignal::new(None::<Made>);
    let checking = RwSignal::new(false);
    let draw = move |_| {
        made.set(Some(Made::new()));
        request_animation_frame(|| dom::focus("key-sheets"));
    };
    let intro = move || {
        made.with(Option::is_none).then(|| {
            view! {
                <p>{words.key_intro}</p>
                <p>{words.key_who}</p>
                <p>{words.key_need}</p>
                <button type="button" class="btn" on:click=draw>{words.key_make}</button>
            }
        })
    };
    let printed = move |_| {
        checking.set(true);
        request_animation_frame(|| dom::focus("sheets-check"));
    };
    let sheets = move || {
        made.with(|made| {
            let made = made.as_ref().filter(|_| !checking.get())?;
            let papers = made.sheets.iter().map(|sheet| paper(words, sheet, &made.public, place())).collect_view();
            Some(view! {
                <div id="key-sheets" tabindex="-1">{note(Tone::Wait, Icon::PAPER, words.key_sheets_how, ())}</div>
                <div class="line">
                    <button type="button" class="btn second auto" on:click=move |_| browser::print()>{words.key_print}</button>
                    <button type="button" class="btn auto" on:click=printed>{words.key_printed}</button>
                </div>
                <div class="key-sheets">{papers}</div>
            })
        })
    };
    let check = move || checking.get().then(|| check(made, checking, send));
    view! { <div class="stack">{intro}{sheets}{check}</div> }.into_any()
}

/// A key as it is shown: its private half is in the sheets and nowhere else.
struct Made {
    public: PublicKey,
    sheets: [Sheet; 3],
}

impl Made {
    fn new() -> Self {
        let key = PrivateKey::new(random::bytes());
        Self { public: key.public(), sheets: split(&key, random::bytes()) }
    }
}

/// One sheet, as it is printed: a page of its own.
fn paper(words: &'static Office, sheet: &Sheet, public: &PublicKey, place: String) -> AnyView {
    let keeper = match sheet.number {
        1 => words.key_keeper_1,
        2 => words.key_keeper_2,
        _ => words.key_keeper_3,
    };
    let rows = sheet.rows().map(|row| view! { <li>{row}</li> }).into_iter().collect_view();
    view! {
        <section class="key-sheet stack">
            <h2>{words.key_title}" · "{(words.key_sheet)(&sheet.number.to_string())}</h2>
            <dl>
                <dt>{words.key_keeper}</dt><dd><b>{keeper}</b></dd>
                <dt>{words.key_place}</dt><dd>{place}</dd>
                <dt>{words.key_made}</dt><dd>{today().to_string()}</dd>
                <dt>{words.recovery_print}</dt><dd class="letters">{public.fingerprint()}</dd>
            </dl>
            <ol class="key-rows letters">{rows}</ol>
            <p><b>{words.key_alone}</b></p>
            <p>{words.key_for}</p>
            <p>{words.key_nobody}</p>
            <p>{words.key_keep}</p>
        </section>
    }
    .into_any()
}

/// The last group of each sheet, read off the paper: the sheets are not on the screen meanwhile.
fn check(made: RwSignal<Option<Made>>, checking: RwSignal<bool>, send: impl Fn(Form, ByteBuf) + Copy + Send + Sync + 'static) -> AnyView {
    let form = Form::new("sheets");
    let words = form.words();
    let groups = [(); 3].map(|()| RwSignal::new(String::new()));
    let apart = RwSignal::new(false);
    let submit = move || {
        let wrong = [("1", words.key_group_wrong_1), ("2", words.key_group_wrong_2), ("3", words.key_group_wrong_3)];
        let checked = made.with_untracked(|made| {
            let made = made.as_ref()?;
            let of_sheets = made.sheets.iter().zip(groups).zip(wrong);
            let mut wrong: Vec<_> =
                of_sheets.filter(|((sheet, group), _)| !sheet.ends_with(&typed(*group))).map(|(_, wrong)| wrong).collect();
            if !apart.get_untracked() {
                wrong.push(("apart", words.key_confirm_missing));
            }
            form.accept(wrong).then(|| ByteBuf::from(made.public.0.to_vec()))
        });
        if let Some(public) = checked {
            send(form, public);
        }
    };
    let [one, two, three] = groups;
    let back = move |_| {
        checking.set(false);
        request_animation_frame(|| dom::focus("key-sheets"));
    };
    form.view(
        submit,
        view! {
            <h2 id="sheets-check" tabindex="-1">{words.key_check}</h2>
            <p>{words.key_check_how}</p>
            {form.field("1", Typed::Letters, words.key_group_1, "", one)}
            {form.field("2", Typed::Letters, words.key_group_2, "", two)}
            {form.field("3", Typed::Letters, words.key_group_3, "", three)}
            {form.check("apart", words.key_confirm, words.key_confirm_hint, apart)}
            {form.button(move || words.key_store.to_owned())}
            <button type="button" class="btn plain" on:click=back>{words.key_again}</button>
        },
    )
}
