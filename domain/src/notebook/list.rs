//! What screens list: the day's work, filters, search.

use super::{House, NONE, Notebook, Text, VisitRow};
use crate::coverage::{Progress, Standing};
use crate::household::{self, HouseholdStatus};
use crate::id::{AreaId, RecordId};
use crate::short::{self, Map, Set};
use crate::succession::{Home, Lineage};
use crate::text::{Query, natural};
use crate::time::Date;
use std::cmp::Ordering;

/// A household in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HouseholdLine {
    /// Its record.
    pub id: RecordId,
    /// Its village of today.
    pub village: AreaId,
    /// "DC-0187"; empty is "chưa có mã".
    pub code: String,
    /// The number in the village's list or on the house.
    pub no: String,
    /// The head's name.
    pub head: String,
    /// Where the house is, in words.
    pub hint: String,
    /// The cluster of houses.
    pub cluster: String,
    /// When the family is best met.
    pub hours: String,
    /// How many people; `None` is not known.
    pub people: Option<u16>,
    /// A telephone number is known.
    pub phone: bool,
    /// Whether it still is a household of this village.
    pub status: HouseholdStatus,
    /// It asked not to be contacted.
    pub no_contact: bool,
    /// People disagree about some field.
    pub disputed: bool,
    /// It holds changes of this phone that the server's records do not contain yet.
    pub waiting: bool,
    /// Where it stands in the campaign that was asked for.
    pub standing: Standing,
    /// Attempts and dates in that campaign.
    pub progress: Progress,
}

/// Which households a list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Filter {
    /// Every household that this person may read.
    #[default]
    All,
    /// Given to this person by name in the campaign.
    Mine,
    /// Given to this person or their teams, active, and nobody met in the campaign. Those given by name come first.
    Left,
    /// The next date is reached, and nobody was met since. Those given by name come first.
    Due,
}

/// What a list is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// Standing and filters are those of this campaign.
    pub campaign: Option<RecordId>,
    /// Which households.
    pub filter: Filter,
    /// Of one village only.
    pub village: Option<AreaId>,
    /// What was typed into the search field.
    pub query: &'a str,
    /// Today.
    pub today: Date,
    /// The most rows to give back.
    pub limit: usize,
}

/// A list of households.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List {
    /// The first rows: by village and number, due ones by date, in a search the best found first.
    pub rows: Vec<HouseholdLine>,
    /// How many fit filter and query.
    pub found: usize,
    /// Households of the village (or of all), whatever was typed.
    pub all: usize,
    /// Of them, given to this person by name.
    pub mine: usize,
    /// Of them, left.
    pub left: usize,
    /// Of them, due.
    pub due: usize,
}

/// The first page of the day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Today {
    /// Assigned households where nobody was met yet.
    pub left: usize,
    /// Active households given to this person by name, or if none are, in villages given to their teams; those that asked
    /// not to be contacted left out.
    pub assigned: usize,
    /// They were given by name, and by when they are to be done, the earliest day of all.
    pub mine: Option<Option<Date>>,
    /// Of them, those that were visited today, by anybody.
    pub visited_today: usize,
    /// The next house to go to: left, not visited today, no later day agreed; the one after the last visited.
    pub next: Option<HouseholdLine>,
    /// Whose date is reached, own households first, each longest overdue first; at most [`TODAY_MAX`].
    pub due: Vec<HouseholdLine>,
    /// How many are due in all.
    pub due_total: usize,
    /// Answers that were promised, by date; at most [`TODAY_MAX`].
    pub promises: Vec<Promise>,
}

/// The most rows of each list on the first page of the day.
pub const TODAY_MAX: usize = 50;

/// An answer that was promised to a household.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise {
    /// The callback's record.
    pub id: RecordId,
    /// By when.
    pub promised: Date,
    /// To whom, if the household is on this phone.
    pub household: Option<HouseholdLine>,
}

/// What is worked out once and kept until something changes.
#[derive(Debug, Default)]
pub(super) struct Lists {
    /// The places of all households in the order of lists; incomplete while `unsorted`.
    pub(super) order: Vec<u32>,
    pub(super) unsorted: bool,
    board: Option<Board>,
}

impl Lists {
    /// A household has changed; `moved` if its place in the order may have.
    pub(super) fn touch(&mut self, house: u32, moved: bool) {
        self.unsorted |= moved;
        if let Some(board) = &mut self.board {
            board.stale.push(house);
        }
    }

    fn sort(&mut self, notebook: &Notebook) {
        if std::mem::take(&mut self.unsorted) {
            self.order = notebook.sorted();
        }
    }

    /// Everything has to be worked out anew, but for the order.
    pub(super) fn forget(&mut self) {
        self.board = None;
    }
}

/// A byte of marks for each household, for one campaign and one day.
#[derive(Debug)]
struct Board {
    campaign: Option<RecordId>,
    today: Date,
    /// The villages that were given to this person's teams.
    mine: Vec<AreaId>,
    own: Set<RecordId>,
    marks: Vec<u8>,
    /// Households whose marks are out of date.
    stale: Vec<u32>,
}

/// Shown at all.
const SEEN: u8 = 1;
/// Given to this person or their teams, active, may be contacted.
const ASSIGNED: u8 = 2;
/// [`Filter::Left`]
const LEFT: u8 = 4;
/// [`Filter::Due`]
const DUE: u8 = 8;
/// Visited on the day.
const VISITED: u8 = 16;
/// A later day was agreed.
const LATER: u8 = 32;
/// [`Filter::Mine`]
const MINE: u8 = 64;

/// Which households this person's teams work at, asked once for each area and village.
struct Mine<'a> {
    notebook: &'a Notebook,
    given: &'a [AreaId],
    lineage: Lineage,
    known: Map<(u16, u16), bool>,
}

impl Mine<'_> {
    fn works_at(&mut self, house: &House) -> bool {
        let Self { notebook, given, lineage, known } = self;
        let names = &notebook.areas;
        *known.get_or_insert_with((house.area, house.unit), || {
            let home = names.name(house.area).zip(names.name(house.unit)).map(|(area, unit)| Home { area, unit });
            home.is_some_and(|home| given.iter().any(|given| lineage.works_at(*given, home)))
        })
    }
}

impl Filter {
    const fn mark(self) -> u8 {
        match self {
            Self::All => SEEN,
            Self::Mine => MINE,
            Self::Left => LEFT,
            Self::Due => DUE,
        }
    }
}

impl Notebook {
    /// A list of households with the counts of every filter.
    pub fn list(&self, ask: &Ask<'_>) -> List {
        self.prepare(ask.campaign, ask.today);
        let lists = self.lists.borrow();
        let Some(board) = &lists.board else { return List::default() };
        let village = ask.village.map(|id| self.areas.place(id).map(|at| self.village_of(at)));
        let query = Query::new(ask.query);
        let mut list = List::default();
        // The best found first, in each rank own ones where that matters, then by the order of lists.
        let mut ranks: [[Vec<u32>; 2]; 4] = Default::default();
        let mine_first = !matches!(ask.filter, Filter::All | Filter::Mine);
        for &at in &lists.order {
            let marks = board.marks.get(at as usize).copied().unwrap_or(0);
            let Some(house) = self.houses.get(at as usize).filter(|_| marks & SEEN != 0) else { continue };
            if village.is_some_and(|village| village != Some(self.village_of(house.unit))) {
                continue;
            }
            list.all += 1;
            list.mine += usize::from(marks & MINE != 0);
            list.left += usize::from(marks & LEFT != 0);
            list.due += usize::from(marks & DUE != 0);
            if marks & ask.filter.mark() == 0 {
                continue;
            }
            let rank = if query.is_empty() { Some(0) } else { query.rank(house.text.get(Text::Head), house.text.get(Text::Key)) };
            let other = usize::from(mine_first && marks & MINE == 0);
            if let Some(found) = rank.and_then(|rank| ranks.get_mut(usize::from(rank))?.get_mut(other)) {
                list.found += 1;
                if found.len() < ask.limit || ask.filter == Filter::Due {
                    found.push(at);
                }
            }
        }
        let by_date = ask.filter == Filter::Due && query.is_empty();
        for rows in ranks.iter_mut().flatten().filter(|_| by_date) {
            self.by_date(rows, ask.campaign);
        }
        let rows = ranks.concat().concat();
        list.rows = rows.into_iter().take(ask.limit).filter_map(|at| self.line(at, ask.campaign, ask.today)).collect();
        list
    }

    /// The first page of the day.
    pub fn today(&self, campaign: RecordId, today: Date) -> Today {
        self.prepare(Some(campaign), today);
        let lists = self.lists.borrow();
        let Some(board) = &lists.board else { return Today::default() };
        let marks = |at: u32| board.marks.get(at as usize).copied().unwrap_or(0);
        let count = |mark: u8| lists.order.iter().filter(|at| marks(**at) & mark == mark).count();
        // Whoever was given households by name has these to do; the others of the village stay in the lists.
        let is_mine = count(MINE | ASSIGNED) > 0;
        let scope = if is_mine { MINE | ASSIGNED } else { ASSIGNED };

        let due = lists.order.iter().copied().filter(|at| marks(*at) & DUE != 0);
        let (mut due, mut others): (Vec<u32>, Vec<u32>) = due.partition(|at| marks(*at) & MINE != 0);
        self.by_date(&mut due, Some(campaign));
        self.by_date(&mut others, Some(campaign));
        due.append(&mut others);
        let last = self.last_own_visit(campaign).map_or(NONE, |row| row.house);
        let begin = lists.order.iter().position(|at| *at == last).map_or(0, |at| at + 1);
        let (before, after) = lists.order.split_at_checked(begin).unwrap_or((&[], &lists.order));
        let next = after.iter().chain(before).find(|at| {
            let marks = marks(**at);
            marks & (LEFT | DUE | VISITED | LATER) == LEFT && marks & scope == scope
        });

        let line = |at: u32| self.line(at, Some(campaign), today);
        let promises: Vec<_> = self.promises().filter(|(_, to, _)| !self.is_hidden(*to)).collect();
        let by_day = |place: usize| promises.get(place).map(|(id, _, day)| (*day, *id));
        let promises_by_day = short::places(promises.len(), &mut |a, b| by_day(a).cmp(&by_day(b)));
        Today {
            left: count(LEFT | scope),
            assigned: count(scope),
            mine: is_mine.then(|| self.my_shares(campaign).filter_map(|(due, _)| due).min()),
            visited_today: count(VISITED | scope),
            next: next.and_then(|at| line(*at)),
            due_total: due.len(),
            due: due.into_iter().take(TODAY_MAX).filter_map(line).collect(),
            promises: promises_by_day
                .into_iter()
                .take(TODAY_MAX)
                .filter_map(|place| promises.get(place))
                .map(|&(id, to, promised)| Promise { id, promised, household: self.household(to, Some(campaign), today) })
                .collect(),
        }
    }

    /// A household, or the one that stands for it, as lists have it, with its standing in one campaign; `None` where it may
    /// not be read any more.
    pub fn household(&self, id: RecordId, campaign: Option<RecordId>, today: Date) -> Option<HouseholdLine> {
        let id = self.one(id);
        if self.is_hidden(id) { None } else { self.line(*self.house_at.get(&id)?, campaign, today) }
    }

    fn is_hidden(&self, id: RecordId) -> bool {
        let house = self.house_at.get(&id).and_then(|at| self.houses.get(*at as usize));
        house.is_some_and(|house| self.hidden.get(usize::from(house.area)) == Some(&true))
    }

    fn last_own_visit(&self, campaign: RecordId) -> Option<&VisitRow> {
        let (me, campaign) = (self.authors.place(self.me)?, self.campaign_names.place(campaign)?);
        self.visits
            .iter()
            .filter(|row| row.by == me && row.campaign == campaign && row.of == NONE && !row.retracted)
            .max_by_key(|row| row.at)
    }

    fn by_date(&self, houses: &mut Vec<u32>, campaign: Option<RecordId>) {
        let campaign = campaign.and_then(|id| self.campaign_names.place(id));
        let mut scratch = Vec::new();
        let mut date = |at: u32| {
            let next = self.progress_at(at, campaign, &mut scratch).next;
            next.map(|next| (next.date, next.minute.unwrap_or(u16::MAX)))
        };
        let dated: Vec<_> = houses.iter().map(|at| (date(*at), *at)).collect();
        let date = |place: usize| dated.get(place).and_then(|(date, _)| *date);
        let order = short::places(dated.len(), &mut |a, b| date(a).cmp(&date(b)));
        *houses = order.into_iter().filter_map(|place| dated.get(place).map(|(_, at)| *at)).collect();
    }

    fn line(&self, at: u32, campaign: Option<RecordId>, today: Date) -> Option<HouseholdLine> {
        let house = self.houses.get(at as usize).filter(|house| !house.is_hollow())?;
        let progress = self.progress_at(at, campaign.and_then(|id| self.campaign_names.place(id)), &mut Vec::new());
        let text = |which| house.text.get(which).to_owned();
        Some(HouseholdLine {
            id: house.id,
            village: self.areas.name(self.village_of(house.unit))?,
            code: text(Text::Code),
            no: text(Text::No),
            head: household::called(house.text.get(Text::Head), house.text.get(Text::Code)).to_owned(),
            hint: text(Text::Hint),
            cluster: text(Text::Cluster),
            hours: text(Text::Hours),
            people: house.people,
            phone: house.phone,
            status: house.status,
            no_contact: house.no_contact,
            disputed: house.disputed,
            waiting: house.waiting,
            standing: progress.standing(house.active(), house.no_contact, today),
            progress,
        })
    }

    /// Brings order and marks up to date for a campaign and a day.
    fn prepare(&self, campaign: Option<RecordId>, today: Date) {
        let mut lists = self.lists.borrow_mut();
        lists.sort(self);
        let mut board = match lists.board.take() {
            Some(board) if board.campaign == campaign && board.today == today => board,
            _ => Board {
                campaign,
                today,
                mine: campaign.map(|id| self.my_villages(id)).unwrap_or_default(),
                own: campaign
                    .iter()
                    .flat_map(|id| self.my_shares(*id))
                    .flat_map(|(_, households)| households.iter().map(move |id| self.one(*id)))
                    .collect(),
                marks: Vec::new(),
                stale: Vec::new(),
            },
        };
        let known = board.marks.len();
        board.marks.resize(self.houses.len(), 0);
        let stale = std::mem::take(&mut board.stale);
        let place = campaign.and_then(|id| self.campaign_names.place(id));
        let mut mine = Mine { notebook: self, given: &board.mine, lineage: self.lineage(), known: Map::new() };
        let mut scratch = Vec::new();
        // A visit to a household that another one stands for changes how that one stands.
        let ones = stale.iter().filter_map(|at| self.house_at.get(&self.one(self.houses.get(*at as usize)?.id)).copied());
        let stale: Vec<u32> = stale.iter().copied().chain(ones).collect();
        for at in stale.into_iter().chain(known as u32..self.houses.len() as u32) {
            let Some(house) = self.houses.get(at as usize) else { continue };
            let progress = self.progress_at(at, place, &mut scratch);
            if let Some(marks) = board.marks.get_mut(at as usize) {
                let own = board.own.contains(&house.id);
                *marks = self.marks(house, &progress, (own || mine.works_at(house), own), today);
            }
        }
        lists.board = Some(board);
    }

    fn marks(&self, house: &House, progress: &Progress, (mine, own): (bool, bool), today: Date) -> u8 {
        if house.is_hollow() || self.hidden.get(usize::from(house.area)) == Some(&true) || self.one(house.id) != house.id {
            return 0;
        }
        let (active, no_contact) = (house.active(), house.no_contact);
        let mark = |is: bool, mark: u8| if is { mark } else { 0 };
        SEEN | mark(mine && active && !no_contact, ASSIGNED)
            | mark(mine && progress.is_left(active, no_contact), LEFT)
            | mark(progress.is_due(active, no_contact, today), DUE)
            | mark(own, MINE)
            | mark(progress.last.is_some_and(|at| at.date() == today), VISITED)
            | mark(progress.next.is_some_and(|next| next.date > today), LATER)
    }

    /// The places of all households in the order of lists.
    pub(super) fn order(&self) -> Vec<u32> {
        let mut lists = self.lists.borrow_mut();
        lists.sort(self);
        lists.order.clone()
    }

    /// Households by village and number, as [`natural`] has them. Most numbers are figures, so figures are compared
    /// first and as numbers: 100,000 households are sorted on a phone.
    fn sorted(&self) -> Vec<u32> {
        // What has become one village stands together, and in it what was one before: numbers are those of the old lists.
        let own_name = |area: &AreaId| self.places.units.get(area).map_or("", |unit| unit.name.as_str());
        let mut villages: Vec<(u16, &str, &str)> =
            (0u16..).zip(&self.areas.all).map(|(at, area)| (at, self.village_name(at), own_name(area))).collect();
        short::sort_by(&mut villages, |a, b| {
            let today = self.village_of(a.0).cmp(&self.village_of(b.0));
            natural(a.1, b.1).then(today).then_with(|| natural(a.2, b.2)).then(a.0.cmp(&b.0))
        });
        let mut ranks = vec![0u16; villages.len()];
        for (rank, (at, ..)) in (0u16..).zip(&villages) {
            if let Some(place) = ranks.get_mut(usize::from(*at)) {
                *place = rank;
            }
        }
        let rows = (0u32..).zip(&self.houses).filter(|(_, house)| !house.is_hollow());
        let keys: Vec<(u16, u32, u32)> = rows
            .map(|(at, house)| (ranks.get(usize::from(house.unit)).copied().unwrap_or(0), leading_number(house.text.get(Text::No)), at))
            .collect();
        let order = short::places(keys.len(), &mut |a, b| {
            let (Some(a), Some(b)) = (keys.get(a), keys.get(b)) else { return Ordering::Equal };
            let text = |at: u32, which| self.houses.get(at as usize).map_or("", |house| house.text.get(which));
            (a.0, a.1)
                .cmp(&(b.0, b.1))
                .then_with(|| natural(text(a.2, Text::No), text(b.2, Text::No)))
                .then_with(|| text(a.2, Text::Head).cmp(text(b.2, Text::Head)))
        });
        order.into_iter().filter_map(|place| keys.get(place)).map(|(.., at)| *at).collect()
    }
}

/// The figures that a number begins with; none at all comes last, as letters come after figures.
fn leading_number(no: &str) -> u32 {
    let digits = no.bytes().take_while(u8::is_ascii_digit);
    let mut any = false;
    let number = digits.fold(0u32, |number, digit| {
        any = true;
        number.saturating_mul(10).saturating_add(u32::from(digit - b'0'))
    });
    if any { number } else { u32::MAX }
}
