//! The notebook as bytes, for a quick start. A cache: anything that does not fit is thrown away and rebuilt from the pages.

use super::packed::{Reader, Writer};
use super::{House, Location, NONE, Names, Notebook, Packed, Places, SaidRow, TEXTS, VisitRow, What};
use crate::cbor;
use crate::household::HouseholdStatus;
use crate::id::{AreaId, DeviceId, PersonId, RecordId};
use crate::time::{Date, Time};
use crate::visit::{Appointment, ContactResult};
use serde::{Deserialize, Serialize};

/// Changes with every change of this file, and of what [`Places`] holds. Code lists are looked after by [`codes`].
const VERSION: u16 = 9;

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
        // There is no room for what no pieces hold.
        let room = pieces.size_hint().1.map_or(usize::MAX, |left| left.saturating_mul(PIECE));
        if head.houses.max(head.visits).max(head.said) > room {
            return None;
        }
        let mut notebook = Self::new(me);
        notebook.places = head.places;
        notebook.areas = Names { all: head.areas };
        notebook.learn_history();
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

/// Page and slot, or the own number, or nothing; told apart by the lowest two bits.
fn write_location(out: &mut Writer, location: Location) {
    out.u64(match location {
        Location::Page { page, slot } => (u64::from(page) << 16 | u64::from(slot)) << 2,
        Location::Own { seq } => seq << 2 | 1,
        Location::Nowhere => 2,
    });
}

fn read_location(input: &mut Reader<'_>) -> Option<Location> {
    let number = input.u64()?;
    let rest = number >> 2;
    match number & 3 {
        0 => Some(Location::Page { page: u32::try_from(rest >> 16).ok()?, slot: rest as u16 }),
        1 => Some(Location::Own { seq: rest }),
        2 => Some(Location::Nowhere),
        _ => None,
    }
}

fn read_id(input: &mut Reader<'_>) -> Option<RecordId> {
    RecordId::from_bytes(&input.id()?)
}

fn write_date(out: &mut Writer, date: Date) {
    out.u32(date.since(Date::MIN) as u32);
}

fn read_date(input: &mut Reader<'_>) -> Option<Date> {
    Some(Date::MIN.plus(i32::try_from(input.u32()?).ok()?))
}

fn flags(all: &[bool]) -> u8 {
    all.iter().rev().fold(0, |byte, flag| byte << 1 | u8::from(*flag))
}

/// Stands for "not said".
const NOT_SAID: u16 = u16::MAX;

fn said(number: u16) -> Option<u16> {
    (number != NOT_SAID).then_some(number)
}

// Each row is read by a call of its own: browsers make faster what is called often, and not what is running.

fn write_house(out: &mut Writer, house: &House) {
    out.id(house.id.bytes());
    write_location(out, house.location);
    out.u16(house.area);
    out.u16(house.unit);
    out.u16(house.people.unwrap_or(NOT_SAID));
    out.byte(house.status as u8);
    out.byte(flags(&[house.no_contact, house.phone, house.disputed, house.waiting, house.unmade]));
    house.text.ends.iter().for_each(|end| out.u16(*end));
    out.text(&house.text.bytes);
}

#[inline(never)]
fn read_house(input: &mut Reader<'_>) -> Option<House> {
    let mut house = House::hollow(read_id(input)?);
    house.location = read_location(input)?;
    house.area = input.u16()?;
    house.unit = input.u16()?;
    house.people = said(input.u16()?);
    house.status = *HouseholdStatus::ALL.get(usize::from(input.byte()?))?;
    let flags = input.byte()?;
    house.no_contact = flags & 1 != 0;
    house.phone = flags & 2 != 0;
    house.disputed = flags & 4 != 0;
    house.waiting = flags & 8 != 0;
    house.unmade = flags & 16 != 0;
    let mut ends = [0; TEXTS];
    for end in &mut ends {
        *end = input.u16()?;
    }
    house.text = Packed { ends, bytes: input.text()?.into() };
    Some(house)
}

fn write_visit(out: &mut Writer, row: &VisitRow, new_place: &[u32]) {
    out.id(row.id.bytes());
    write_location(out, row.location);
    out.u64(row.at.0 as u64);
    out.u32(new_place.get(row.house as usize).copied().unwrap_or(NONE));
    out.u32(row.of);
    out.u16(row.campaign);
    out.u16(row.by);
    out.u16(row.device);
    out.byte(row.contact as u8);
    out.byte(flags(&[row.retracted, row.next.is_some()]));
    if let Some(next) = row.next {
        write_date(out, next.date);
        out.u16(next.minute.unwrap_or(NOT_SAID));
    }
}

#[inline(never)]
fn read_visit(input: &mut Reader<'_>) -> Option<VisitRow> {
    let mut row = VisitRow::hollow(read_id(input)?);
    row.location = read_location(input)?;
    row.at = Time(input.u64()? as i64);
    row.house = input.u32()?;
    row.of = input.u32()?;
    row.campaign = input.u16()?;
    row.by = input.u16()?;
    row.device = input.u16()?;
    row.contact = *ContactResult::ALL.get(usize::from(input.byte()?))?;
    let flags = input.byte()?;
    row.retracted = flags & 1 != 0;
    if flags & 2 != 0 {
        row.next = Some(Appointment { date: read_date(input)?, minute: said(input.u16()?) });
    }
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

#[inline(never)]
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
