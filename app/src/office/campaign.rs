//! Campaigns: why people are visited, how long, and on which legal ground what they say is kept.

use crate::directory::directory;
use crate::fetched::Fetched;
use crate::form::{Form, Typed, typed, typed_day, typed_lines};
use crate::session::{lang, new_id, words};
use crate::ui::{confirm, detail, detail_if, empty, heading, list_and_form, number};
use app::ui::icon::{Icon, Tone};
use app::ui::note::note;
use app::ui::row::mark;
use domain::campaign::{Campaign, CampaignState};
use domain::id::RecordId;
use domain::office::Seen;
use domain::operation::LegalBasis;
use leptos::prelude::*;

/// The list of campaigns, and a new one.
pub fn page() -> AnyView {
    let words = words();
    let directory = directory();
    let title = move || match directory.campaigns.here() {
        None => words.campaigns.to_owned(),
        Some(all) => {
            let running = all.iter().filter(|seen| seen.value.state == CampaignState::Active).count();
            if running == 0 {
                words.no_campaign.to_owned()
            } else {
                (words.campaigns_running)(&number(u32::try_from(running).unwrap_or(u32::MAX)))
            }
        }
    };
    let turn = RwSignal::new(0_u32);
    let stored = RwSignal::new(String::new());
    let form = move || {
        turn.track();
        add(turn, stored)
    };
    let said = move || {
        stored.with(|title| {
            (!title.is_empty())
                .then(|| note(Tone::Good, Icon::DONE, (words.campaign_stored)(title), view! { <p>{words.campaign_start_next}</p> }))
        })
    };
    view! {
        {heading(title)}
        {list_and_form(directory.campaigns.draw(list), words.make_campaign, words.make_campaign, said, form)}
    }
    .into_any()
}

fn list(campaigns: Vec<Seen<Campaign>>) -> AnyView {
    if campaigns.is_empty() {
        return empty(words().no_campaign_why, ());
    }
    campaigns.into_iter().enumerate().map(|(n, seen)| one(n + 1, seen)).collect_view().into_any()
}

fn one(row: usize, seen: Seen<Campaign>) -> AnyView {
    let words = words();
    let campaigns = directory().campaigns;
    let Seen { seen, whose, value: campaign } = seen;
    let (tone, icon) = match campaign.state {
        CampaignState::Draft => (Tone::Wait, Icon::PENCIL),
        CampaignState::Active => (Tone::Good, Icon::DONE),
        CampaignState::Closed => (Tone::Plain, Icon::STOP),
    };
    let form = Form::of_row("state", row);
    let become_state = {
        let campaign = StoredValue::new(campaign.clone());
        move |state: CampaignState| become_state(form, campaigns, seen, Campaign { state, ..campaign.get_value() })
    };
    let overview = || view! { <a class="btn second auto" href=format!("/office/overview?campaign={}", campaign.id)>{words.overview}</a> };
    let next = match campaign.state {
        _ if whose.is_some() => overview().into_any(),
        CampaignState::Draft => confirm(
            words.start_campaign,
            move || words.start_warning.to_owned(),
            words.start_campaign,
            move || become_state(CampaignState::Active),
        ),
        CampaignState::Active => {
            let links = view! {
                <a class="btn second auto" href=format!("/office/assign?campaign={}", campaign.id)>{words.assign}</a>
                {overview()}
            };
            let close = confirm(
                words.close_campaign,
                move || words.close_warning.to_owned(),
                words.close_campaign,
                move || become_state(CampaignState::Closed),
            );
            view! { {links}{close} }.into_any()
        }
        CampaignState::Closed => ().into_any(),
    };
    let days = (words.from_to)(&campaign.from.to_string(), &campaign.to.to_string());
    view! {
        <section class="stack part">
            <h2>{campaign.title.clone()}</h2>
            {mark(tone, Some(icon), campaign.state.label(lang()).to_owned())}
            <dl class="small">
                {whose.map(|commune| detail(words.campaign_of, commune))}
                {detail(words.purpose, campaign.purpose.clone())}
                {detail(words.days, days)}
                {detail(words.basis, campaign.basis.label(lang()))}
                {detail_if(words.basis_text, &campaign.basis_text)}
                {detail(words.kept_until, campaign.until.to_string())}
                {campaign.contact_until.map(|until| detail(words.contact_until, until.to_string()))}
            </dl>
            {form.view(|| (), view! { <div class="line">{next}</div> })}
        </section>
    }
    .into_any()
}

fn become_state(form: Form, campaigns: Fetched<Vec<Seen<Campaign>>>, seen: u64, campaign: Campaign) {
    form.store(&[], "campaigns", seen, campaign, move |()| campaigns.again());
}

fn add(turn: RwSignal<u32>, stored: RwSignal<String>) -> AnyView {
    let words = words();
    let directory = directory();
    let form = Form::new("campaign");
    let id = new_id(RecordId::new);
    let text = || RwSignal::new(String::new());
    let (title, purpose, from, to, until, basis_text) = (text(), text(), text(), text(), text(), text());
    let contact_until = text();
    let basis = RwSignal::new(LegalBasis::StateWork.code().to_owned());
    let bases = || LegalBasis::ALL.iter().map(|basis| (basis.code().to_owned(), basis.label(lang()).to_owned())).collect();
    let submit = move || {
        let mut wrong = Vec::new();
        if typed(title).is_empty() {
            wrong.push(("title", words.title_missing));
        }
        if typed(purpose).is_empty() {
            wrong.push(("purpose", words.purpose_missing));
        }
        let mut day = |field: &'static str, value| match typed_day(value) {
            Ok(Some(day)) => Some(day),
            Ok(None) => {
                wrong.push((field, words.day_missing));
                None
            }
            Err(()) => {
                wrong.push((field, words.wrong_day));
                None
            }
        };
        let (first, last, end) = (day("from", from), day("to", to), day("until", until));
        if let (Some(first), Some(last)) = (first, last)
            && last < first
        {
            wrong.push(("to", words.ends_before));
        }
        if let (Some(last), Some(end)) = (last, end)
            && end < last
        {
            wrong.push(("until", words.kept_too_short));
        }
        let cut = typed_day(contact_until).unwrap_or_else(|()| {
            wrong.push(("contact_until", words.wrong_day));
            None
        });
        if let (Some(last), Some(end), Some(cut)) = (last, end, cut)
            && (cut < last || cut > end)
        {
            wrong.push(("contact_until", words.contact_until_wrong));
        }
        if !form.accept(wrong) {
            return;
        }
        let (Some(from), Some(to), Some(until)) = (first, last, end) else { return };
        let campaign = Campaign {
            id,
            title: typed(title),
            purpose: typed_lines(purpose),
            from,
            to,
            basis: LegalBasis::from_code(&basis.get_untracked()).unwrap_or(LegalBasis::StateWork),
            basis_text: typed_lines(basis_text),
            until,
            contact_until: cut,
            state: CampaignState::Draft,
        };
        let title = campaign.title.clone();
        form.store(
            &["title", "purpose", "from", "to", "basis", "basis_text", "until", "contact_until"],
            "campaigns",
            0,
            campaign,
            move |()| {
                directory.campaigns.again();
                stored.set(title);
                turn.update(|turn| *turn += 1);
            },
        );
    };
    form.view(
        submit,
        view! {
            {form.field("title", Typed::Line, words.title, words.title_hint, title)}
            {form.field("purpose", Typed::Lines, words.purpose, words.purpose_hint, purpose)}
            {form.field("from", Typed::Day, words.first_day, words.day_hint, from)}
            {form.field("to", Typed::Day, words.last_day, "", to)}
            {form.choice("basis", words.basis, words.basis_hint, bases, basis)}
            {form.field("basis_text", Typed::Lines, words.basis_text, words.basis_text_hint, basis_text)}
            {form.field("until", Typed::Day, words.kept_until, words.kept_until_hint, until)}
            {form.field("contact_until", Typed::Day, words.contact_until, words.contact_until_hint, contact_until)}
            {form.button(move || words.make_campaign.to_owned())}
        },
    )
}
