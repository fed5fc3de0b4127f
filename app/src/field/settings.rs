//! Letters, colours, language; what the browser keeps; the build.

use crate::lock::{lock_button, other_notebooks};
use crate::page::{Frame, Words, page, words};
use crate::place::Place;
use crate::today::install_hint;
use app::phone::settings::{Settings, TextSize, Theme};
use app::phone::{OtherNotebook, Phone};
use app::ui::cells::radio;
use app::ui::icon::{Icon, Tone};
use app::ui::live::live;
use app::ui::note::note;
use app::words::{ENGLISH, VIETNAMESE};
use domain::code::Lang;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The settings of this reader on this phone.
pub fn settings(phone: Phone, chosen: RwSignal<Settings>) -> AnyView {
    let Words { w, shared, .. } = words();
    let change = move |change: fn(&mut Settings)| {
        let mut settings = chosen.get_untracked();
        change(&mut settings);
        settings.save();
        chosen.set(settings);
    };
    let text = move |size: TextSize, words: AnyView, set: fn(&mut Settings)| {
        radio("co-chu", move || chosen.get().text == size, move || change(set), words)
    };
    let theme = move |theme: Theme, words: AnyView, set: fn(&mut Settings)| {
        radio("man-hinh", move || chosen.get().theme == theme, move || change(set), words)
    };
    let lang = move |lang: Lang, words: &'static str, set: fn(&mut Settings)| {
        radio("ngon-ngu", move || chosen.get().lang == lang, move || change(set), words)
    };
    let with_hint = |name: &'static str, hint: &'static str| view! { {name}" "<small>{hint}</small> }.into_any();
    let status = phone.status();
    let kept = Memo::new(move |_| status.with(|status| status.kept));
    let me = phone.me();
    let others = RwSignal::new(Vec::<OtherNotebook>::new());
    spawn_local(async move {
        let found = phone.others().await;
        others.try_set(found);
    });
    let content = view! {
        <h1>{w.settings}</h1>
        <fieldset><legend>{w.text_size}</legend><div class="cells one">
            {text(TextSize::Medium, w.text_medium.into_any(), |settings| settings.text = TextSize::Medium)}
            {text(TextSize::Large, view! { <b class="size2">{w.text_large}</b> }.into_any(), |settings| settings.text = TextSize::Large)}
            {text(TextSize::Largest, view! { <b class="size3">{w.text_largest}</b> }.into_any(), |settings| settings.text = TextSize::Largest)}
        </div></fieldset>
        <fieldset><legend>{w.screen}</legend><div class="cells one">
            {theme(Theme::Light, with_hint(w.light, w.light_hint), |settings| settings.theme = Theme::Light)}
            {theme(Theme::Dark, with_hint(w.dark, w.dark_hint), |settings| settings.theme = Theme::Dark)}
            {theme(Theme::Auto, w.as_phone.into_any(), |settings| settings.theme = Theme::Auto)}
        </div></fieldset>
        <fieldset><legend>{w.language}</legend><div class="cells">
            {lang(Lang::Vi, VIETNAMESE, |settings| settings.lang = Lang::Vi)}
            {lang(Lang::En, ENGLISH, |settings| settings.lang = Lang::En)}
        </div></fieldset>
        <h2>{w.lock_now}</h2>
        {lock_button(phone)}
        <a class="btn plain" href=Place::Secret.href()>{w.change_secret}</a>
        <h2>{w.this_phone}</h2>
        <dl>
            <dt>{w.holder}</dt><dd>{me.name}</dd>
            <dt>{w.commune}</dt><dd>{phone.commune_name()}</dd>
            <dt>{w.on_phone}</dt><dd>{live(move || (w.households_n)(&phone.with(|notebook| notebook.household_count()).to_string()))}</dd>
            <dt>{w.complete_at}</dt>
            <dd>{live(move || status.with(|status| status.complete_at).map_or(w.never_synced.to_owned(), |at| shared.moment(at, phone.today())))}</dd>
            {phone.recovery_fingerprint().map(|print| view! { <dt>{w.recovery_print}</dt><dd>{print}</dd> }.into_any())}
            <dt>{w.build}</dt><dd>{env!("CARGO_PKG_VERSION")}</dd>
        </dl>
        {live(move || match kept.get() {
            Some(true) => note(Tone::Good, Icon::DONE, w.kept_yes, view! { <p>{w.kept_yes_words}</p> }.into_any()),
            Some(false) => note(Tone::Wait, Icon::WARNING, w.kept_no, view! { <p>{w.kept_no_words}</p> }.into_any()),
            None => ().into_any(),
        })}
        {install_hint(phone)}
        <div>
            <a class="btn second" href=Place::Enrol.href()>{w.new_code}</a>
            <p class="hint">{w.new_code_hint}</p>
        </div>
        {live(move || others.with(|others| (!others.is_empty()).then(|| {
            view! { <h2>{w.other_notebooks}</h2><p class="hint">{w.other_notebooks_hint}</p>{other_notebooks(others)} }.into_any()
        })))}
    }
    .into_any();
    page(phone, Frame::Inner(Place::Today, w.today.to_owned()), content)
}
