//! The notebook as bytes, for a quick start. A cache: anything that does not fit is thrown away and rebuilt from the pages.

use super::packed::{Reader, Writer};
use super::{House, Location, NONE, Names, Notebook, Packed, Places, SaidRow, TEXTS, VisitRow, What};
use crate::cbor;
use crate::household::HouseholdStatus;
use crate::id::{AreaId, DeviceId, PersonId, RecordId};
use crate::time::{Date, Time};
use crate::visit::{Appointment, ContactResult};
use serde::{Deserialize, Serialize};

/// Changes with every change of this file. Code lists are looked after by [`codes`].
const VERSION: u16 = 3;

/// Rows in one piece, so that writing a large notebook never holds it twice.
const PIECE: usize = 4_096;

/// The first piece: what the others refer to, and how many rows they hold.
#[derive(Serialize, Deserialize)]
struct Head {
    version: u16,
    codes: String,
    me: PersonId,
    areas: Vec<AreaId>,
    campaigns: Vec<RecordId>,
    authors: Vec<PersonId>,
    devices: Vec<DeviceId>,
    places: Places,
    houses: usize,
    visits: usize,
    said: usize,
}

/// Rows hold places in code lists; a list with another code or another order makes another cache.
fn codes() -> String {
    let contact = ContactResult::ALL.iter().map(|code| code.code());
    contact.chain(HouseholdStatus::ALL.iter().map(|code| code.code())).collect::<Vec<_>>().join(" ")
}

impl Notebook {
    /// The notebook in pieces, in their order.
    pub fn to_cache(&self) -> impl Iterator<Item = Vec<u8>> {
        // Households are written in the order of lists, so that reading them needs no sorting.
        let order = self.cache_order();
        let mut new_place = vec![NONE; self.houses.len()];
        for (new, old) in (0u32..).zip(&order) {
            if let Some(place) = new_place.get_mut(*old as usize) {
                *place = new;
            }
        }
        let head = cbor::encode(&Head {
            version: VERSION,
            codes: codes(),
            me: self.me,
            areas: self.areas.all.clone(),
            campaigns: self.campaign_names.all.clone(),
            authors: self.authors.all.clone(),
            devices: self.devices.all.clone(),
            places: self.places.clone(),
            houses: order.len(),
            visits: self.visits.len(),
            said: self.said.len(),
        });
        let houses = pieces(order.len()).map(move |(from, to)| {
            let mut out = Writer::default();
            let rows = order.get(from..to).unwrap_or_default().iter().filter_map(|at| self.houses.get(*at as usize));
            rows.for_each(|house| write_house(&mut out, house));
            out.bytes
        });
        let visits = pieces(self.visits.len()).map(move |(from, to)| {
            let mut out = Writer::default();
            self.visits.get(from..to).unwrap_or_default().iter().for_each(|row| write_visit(&mut out, row, &new_place));
            out.bytes
        });
        let said = pieces(self.said.len()).map(move |(from, to)| {
            let mut out = Writer::default();
            self.said.get(from..to).unwrap_or_default().iter().for_each(|row| write_said(&mut out, row));
            out.bytes
        });
        std::iter::once(head).chain(houses).chain(visits).chain(said)
    }

    /// Reads what [`Self::to_cache`] wrote for this person; `None` where it is damaged, of another build or another person.
    pub fn from_cache(me: PersonId, mut pieces: impl Iterator<Item = Vec<u8>>) -> Option<Self> {
        let head: Head = cbor::decode(&pieces.next()?).ok()?;
        if head.version != VERSION || head.me != me || head.codes != codes() {
            return None;
        }
        let mut notebook = Self::new(me);
        notebook.places = head.places;
        notebook.areas = Names { all: head.areas };
        notebook.campaign_names = Names { all: head.campaigns };
        notebook.authors = Names { all: head.authors };
        notebook.devices = Names { all: head.devices };
        notebook.houses.reserve_exact(head.houses);
        notebook.house_at.reserve(head.houses);
        notebook.visits.reserve_exact(head.visits);
        notebook.visit_at.reserve(head.visits);
        notebook.said.reserve_exact(head.said);
        notebook.said_at.reserve(head.said);

        each_row(&mut pieces, head.houses, |input, at| {
            let house = read_house(input)?;
            notebook.house_at.insert(house.id, at);
            notebook.houses.push(house);
            Some(())
        })?;
        each_row(&mut pieces, head.visits, |input, at| {
            let row = read_visit(input)?;
            notebook.visit_at.insert(row.id, at);
            notebook.visits.push(row);
            Some(())
        })?;
        each_row(&mut pieces, head.said, |input, at| {
            let row = read_said(input)?;
            notebook.said_at.insert(row.id, at);
            notebook.said.push(row);
            Some(())
        })?;
        for at in 0..notebook.visits.len() as u32 {
            if notebook.visits.get(at as usize).is_some_and(|row| row.location != Location::Nowhere) {
                notebook.link(at);
            }
        }
        let lists = notebook.lists.get_mut();
        lists.order = (0u32..).zip(&notebook.houses).filter(|(_, house)| !house.is_hollow()).map(|(at, _)| at).collect();
        Some(notebook)
    }

    /// Households in the order of lists, then hollow ones.
    fn cache_order(&self) -> Vec<u32> {
        let mut order = self.order();
        order.extend((0u32..).zip(&self.houses).filter(|(_, house)| house.is_hollow()).map(|(at, _)| at));
        order
    }
}

/// `(from, to)` of each piece.
fn pieces(rows: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..rows).step_by(PIECE).map(move |from| (from, (from + PIECE).min(rows)))
}

/// Reads `rows` rows with their places from as many pieces as hold them; each piece must be used up.
fn each_row(
    pieces: &mut impl Iterator<Item = Vec<u8>>,
    rows: usize,
    mut read: impl FnMut(&mut Reader<'_>, u32) -> Option<()>,
) -> Option<()> {
    for (from, to) in self::pieces(rows) {
        let bytes = pieces.next()?;
        let mut input = Reader { bytes: &bytes };
        for at in from..to {
            read(&mut input, at as u32)?;
        }
        if !input.bytes.is_empty() {
            return None;
        }
    }
    Some(())
}

fn write_location(out: &mut Writer, location: Location) {
    match location {
        Location::Page { page, slot } => {
            out.number(u64::from(page) << 1);
            out.number(u64::from(slot));
        }
        Location::Own { seq } => out.number((seq << 1) | 1),
        // No own operation has the number 0.
        Location::Nowhere => out.number(1),
    }
}

fn read_location(input: &mut Reader<'_>) -> Option<Location> {
    let number = input.number()?;
    Some(match (number & 1, number >> 1) {
        (0, page) => Location::Page { page: u32::try_from(page).ok()?, slot: u16::try_from(input.number()?).ok()? },
        (_, 0) => Location::Nowhere,
        (_, seq) => Location::Own { seq },
    })
}

fn read_id(input: &mut Reader<'_>) -> Option<RecordId> {
    RecordId::from_bytes(&input.id()?)
}

fn write_date(out: &mut Writer, date: Date) {
    out.signed(date.since(Date::default()).into());
}

fn read_date(input: &mut Reader<'_>) -> Option<Date> {
    Some(Date::default().plus(i32::try_from(input.signed()?).ok()?))
}

fn flags(all: &[bool]) -> u8 {
    all.iter().rev().fold(0, |byte, flag| byte << 1 | u8::from(*flag))
}

fn write_house(out: &mut Writer, house: &House) {
    out.id(house.id.bytes());
    write_location(out, house.location);
    out.number(house.area.into());
    out.number(house.people.map_or(0, |people| u64::from(people) + 1));
    out.byte(house.status as u8);
    out.byte(flags(&[house.no_contact, house.phone, house.disputed, house.waiting]));
    house.text.ends.iter().for_each(|end| out.number((*end).into()));
    out.text(&house.text.bytes);
}

fn read_house(input: &mut Reader<'_>) -> Option<House> {
    let mut house = House::hollow(read_id(input)?);
    house.location = read_location(input)?;
    house.area = u16::try_from(input.number()?).ok()?;
    house.people = input.number()?.checked_sub(1).and_then(|people| u16::try_from(people).ok());
    house.status = *HouseholdStatus::ALL.get(usize::from(input.byte()?))?;
    let flags = input.byte()?;
    house.no_contact = flags & 1 != 0;
    house.phone = flags & 2 != 0;
    house.disputed = flags & 4 != 0;
    house.waiting = flags & 8 != 0;
    let mut ends = [0; TEXTS];
    for end in &mut ends {
        *end = u16::try_from(input.number()?).ok()?;
    }
    house.text = Packed { ends, bytes: input.text()?.into() };
    Some(house)
}

fn write_visit(out: &mut Writer, row: &VisitRow, new_place: &[u32]) {
    out.id(row.id.bytes());
    write_location(out, row.location);
    out.byte(flags(&[row.retracted, row.next.is_some(), row.next.is_some_and(|next| next.minute.is_some())]));
    out.byte(row.contact as u8);
    if let Some(next) = row.next {
        write_date(out, next.date);
        if let Some(minute) = next.minute {
            out.number(minute.into());
        }
    }
    out.signed(row.at.0);
    let place = |at: Option<u32>| at.filter(|at| *at != NONE).map_or(0, |at| u64::from(at) + 1);
    out.number(place(new_place.get(row.house as usize).copied()));
    out.number(place(Some(row.of)));
    out.number(row.campaign.into());
    out.number(row.by.into());
    out.number(row.device.into());
}

fn read_visit(input: &mut Reader<'_>) -> Option<VisitRow> {
    let mut row = VisitRow::hollow(read_id(input)?);
    row.location = read_location(input)?;
    let flags = input.byte()?;
    row.retracted = flags & 1 != 0;
    row.contact = *ContactResult::ALL.get(usize::from(input.byte()?))?;
    if flags & 2 != 0 {
        let date = read_date(input)?;
        let minute = if flags & 4 != 0 { Some(u16::try_from(input.number()?).ok()?) } else { None };
        row.next = Some(Appointment { date, minute });
    }
    row.at = Time(input.signed()?);
    let place = |number: u64| number.checked_sub(1).map_or(Some(NONE), |at| u32::try_from(at).ok());
    row.house = place(input.number()?)?;
    row.of = place(input.number()?)?;
    row.campaign = u16::try_from(input.number()?).ok()?;
    row.by = u16::try_from(input.number()?).ok()?;
    row.device = u16::try_from(input.number()?).ok()?;
    Some(row)
}

fn write_said(out: &mut Writer, row: &SaidRow) {
    out.id(row.id.bytes());
    out.id(row.about.bytes());
    write_location(out, row.location);
    match row.what {
        What::Note => out.byte(0),
        What::Opinion => out.byte(1),
        What::Promise(day) => {
            out.byte(2);
            write_date(out, day);
        }
        What::MeetingOpinion => out.byte(3),
    }
}

fn read_said(input: &mut Reader<'_>) -> Option<SaidRow> {
    let (id, about) = (read_id(input)?, read_id(input)?);
    let location = read_location(input)?;
    let what = match input.byte()? {
        0 => What::Note,
        1 => What::Opinion,
        2 => What::Promise(read_date(input)?),
        3 => What::MeetingOpinion,
        _ => return None,
    };
    Some(SaidRow { id, about, location, what })
}
