//! The columns of a sheet as they are read: by their titles, then by their values, then as a person said.

use super::header::{self, Header};
use super::{shown, village};
use crate::book::{Line, Table};
use domain::roll::{Column, ColumnView, Need, SheetMapping, is_blank};
use domain::text;
use std::collections::HashSet;

/// The columns of a sheet as they are read.
pub(super) struct Columns {
    pub views: Vec<ColumnView>,
    /// By the column's place.
    pub kinds: Vec<Column>,
    /// The titles as words, by the column's place.
    titles: Vec<String>,
    two_levels: bool,
    /// "Thôn", if the village's column says so and its cells need not.
    pub village_type: Option<String>,
    /// The village is written where it begins and holds for the lines below it, as merged cells do.
    pub village_fills_down: bool,
    /// Lines of the list have numbers.
    pub numbered: bool,
    /// Who of the persons is a head, where the list has a line for each person.
    pub heads: Option<Heads>,
    /// What a person has to say about columns.
    pub needs: Vec<Need>,
}

/// How a list with a line for each person says who is the head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heads {
    /// It says "Chủ hộ"; of the others it says what they are to the head.
    Named,
    /// It marks the heads and nobody else.
    Marked,
    /// It says it in figures, and 1 is the head.
    Counted,
    /// It leaves their cell empty.
    Empty,
    /// It has the head's name on the line of each person.
    Repeated,
}

/// What a line is in a list with a line for each person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Person {
    Head,
    Member,
    Unclear,
}

impl Heads {
    /// What the person is whose line has this name, and this in the column about the head.
    pub fn person(self, name: &str, relation: &str) -> Person {
        let head = match self {
            Self::Named | Self::Counted | Self::Repeated if is_nothing(relation) => return Person::Unclear,
            Self::Named => is_head(relation),
            Self::Marked => !is_nothing(relation),
            Self::Counted => relation.trim_start_matches('0') == "1",
            Self::Empty => is_nothing(relation),
            Self::Repeated => text::spelling(relation) == text::spelling(name),
        };
        if head { Person::Head } else { Person::Member }
    }
}

/// Whether a cell of the column about the head says that this is the head. "Chú" is an uncle.
fn is_head(relation: &str) -> bool {
    let key = text::words(relation);
    let says = ["ch", "chuho", "chu nha", "gia chu", "dai dien ho", "ban than"].contains(&key.as_str());
    says || key == "chu ho" || key.starts_with("chu ho ") || text::spelling(relation) == text::spelling("chủ")
}

/// Whether a cell says nothing; a tick says something.
fn is_nothing(cell: &str) -> bool {
    is_blank(cell) && !is_mark(cell)
}

/// Whether a cell marks a line: "x".
fn is_mark(cell: &str) -> bool {
    matches!(text::words(cell).as_str(), "x" | "v" | "1" | "co") || matches!(cell, "✓" | "✔" | "√" | "*" | "+")
}

impl Columns {
    /// `village` is the name of the village that the sheet as a whole is about.
    pub fn new(table: &Table, header: &Header, mapping: &SheetMapping, village: Option<&str>) -> Self {
        let below = table.lines.get(header.below..).unwrap_or_default();
        let mut guesses: Vec<Column> = header.columns.iter().map(|(_, column)| *column).collect();
        let (repeated, undecided) = settle_heads(below, header, &mut guesses);
        let chosen = |at: usize| u16::try_from(at).ok().and_then(|at| mapping.columns.get(&at)).copied();
        if header.rivals.iter().any(|&at| chosen(at) == Some(Column::Head)) {
            // Another column is the name: not the one that was taken for it.
            let taken = guesses.iter_mut().enumerate().filter(|(at, guess)| **guess == Column::Head && chosen(*at).is_none());
            taken.for_each(|(_, guess)| *guess = Column::Ignored);
        }
        let mut columns = Self {
            views: Vec::new(),
            kinds: Vec::new(),
            titles: Vec::new(),
            two_levels: header.first.is_some_and(|first| header.below > first + 1),
            village_type: None,
            village_fills_down: false,
            numbered: false,
            heads: None,
            needs: Vec::new(),
        };
        let need = |at: usize| Need::Column { sheet: table.name.clone(), at: u16::try_from(at).unwrap_or(u16::MAX) };
        columns.needs.extend(undecided.into_iter().filter(|at| chosen(*at).is_none()).map(need));
        for (at, ((title, titled), mut guess)) in header.columns.iter().zip(guesses).enumerate() {
            let place = u16::try_from(at).unwrap_or(u16::MAX);
            let values = || below.iter().map(|line| line.cell(at));
            if guess == Column::Village && village.is_some_and(|village| is_part_of(title, village)) {
                guess = Column::Cluster;
            }
            let chosen = chosen(at).unwrap_or(guess);
            let column = match titled {
                Column::Never(_) => *titled,
                _ => header::never_kept(values(), chosen).map_or(chosen, Column::Never),
            };
            let never = matches!(column, Column::Never(_));
            let may_be_phone = never && column != *titled && header::never_kept(values(), Column::Phone).is_none();
            let example = if never { "" } else { values().find(|value| !value.is_empty()).unwrap_or_default() };
            // Without a known header the title may be somebody's value.
            let title = if never && !header.has_head() && *titled != column { "" } else { title };
            columns.titles.push(text::words(title));
            columns.kinds.push(column);
            if column == Column::Village && columns.village_type.is_none() {
                columns.village_type = village::type_of_title(title);
                let (filled, all) = values().fold((0, 0), |(filled, all), v| (filled + usize::from(!v.is_empty()), all + 1));
                columns.village_fills_down = filled * 2 < all;
            }
            columns.numbered |= column == Column::No && values().any(has_digit);
            if column == Column::Relation && columns.heads.is_none() {
                columns.heads = if repeated == Some(at) { Some(Heads::Repeated) } else { heads_in(values()) };
                if columns.heads == Some(Heads::Empty) && mapping.columns.get(&place) != Some(&Column::Relation) {
                    columns.heads = None;
                    columns.needs.push(Need::Relation { sheet: table.name.clone(), at: place });
                }
            }
            if !title.is_empty() || values().any(|value| !value.is_empty()) {
                columns.views.push(ColumnView { at: place, title: shown(title), example: shown(example), column, may_be_phone });
            }
        }
        columns
    }

    /// Whether nothing says that the lines are households: no column counts people or is titled as the head of a
    /// household, and none says who of the persons is one.
    pub fn may_be_persons(&self) -> bool {
        let titled = |(kind, title): (&Column, &String)| *kind == Column::Head && (title.contains("chu") || title.contains("dai dien"));
        let has = |kind: &Column| matches!(kind, Column::People | Column::Relation);
        !self.kinds.iter().any(has) && !self.kinds.iter().zip(&self.titles).any(titled)
    }

    /// Whether anything of a column is stored.
    pub fn is_kept(&self, at: usize) -> bool {
        !matches!(self.kinds.get(at), None | Some(Column::Ignored | Column::Never(_) | Column::Relation))
    }

    /// Whether a column stands before the name and says nothing else, so that a heading can begin there.
    pub fn may_hold_heading(&self, at: usize) -> bool {
        let before = self.kinds.iter().position(|kind| *kind == Column::Head).is_some_and(|head| at < head);
        before && matches!(self.kinds.get(at), Some(Column::No | Column::Ignored))
    }

    /// Whether a line has a number.
    pub fn is_numbered(&self, line: &Line) -> bool {
        line.filled().any(|(at, cell)| self.kinds.get(at) == Some(&Column::No) && has_digit(cell))
    }

    /// The cells of a line as they may be given back, one for each view.
    pub fn shown_of(&self, line: &Line) -> Vec<String> {
        let shown_in = |view: &ColumnView| match view.column {
            Column::Never(_) => String::new(),
            _ => shown(line.cell(usize::from(view.at))),
        };
        self.views.iter().map(shown_in).collect()
    }

    /// The header again, whole or one of its levels, as printed lists repeat it on each page.
    pub fn is_header_again(&self, line: &Line) -> bool {
        let is_title = |(at, cell): &(usize, &str)| {
            let Some(title) = self.titles.get(*at) else { return false };
            let cell = text::words(cell);
            let rest = title.strip_prefix(&cell).or_else(|| title.strip_suffix(&cell));
            let level = rest.is_some_and(|rest| self.two_levels && (rest.starts_with(' ') || rest.ends_with(' ')));
            !cell.is_empty() && (rest == Some("") || level)
        };
        let (all, same) = (line.filled().count(), line.filled().filter(is_title).count());
        same == all || (same > 1 && same * 2 > all)
    }
}

pub(super) fn has_digit(cell: &str) -> bool {
    cell.contains(|c: char| c.is_ascii_digit())
}

/// Whether a column's title ("Xóm") names a part of this village and no village.
fn is_part_of(title: &str, village: &str) -> bool {
    village::type_of_title(title).is_some_and(|kind| village::is_small(&format!("{kind} x")) && !village::is_small(village))
}

/// How the values of a column about the head say who it is; `None` if there are none.
fn heads_in<'a>(values: impl Iterator<Item = &'a str>) -> Option<Heads> {
    let (mut heads, mut marks, mut figures, mut ones, mut all) = (0, 0, 0, 0, 0);
    for value in values.filter(|value| !is_nothing(value)) {
        all += 1;
        heads += usize::from(is_head(value));
        marks += usize::from(is_mark(value));
        let figure = value.bytes().all(|byte| byte.is_ascii_digit());
        figures += usize::from(figure);
        ones += usize::from(figure && value.trim_start_matches('0') == "1");
    }
    match all {
        0 => None,
        _ if heads + marks == all => Some(Heads::Marked),
        _ if heads > 0 => Some(Heads::Named),
        _ if figures == all && ones > 0 => Some(Heads::Counted),
        _ => Some(Heads::Empty),
    }
}

/// Decides by their values which of the columns titled as the head is the name, which only tells who is the head, and
/// whether a column without a title is the rest of the name. Returns the column that repeats the head's name on each
/// person's line, and those for a person to decide.
fn settle_heads(below: &[Line], header: &Header, kinds: &mut [Column]) -> (Option<usize>, Vec<usize>) {
    let titled: Vec<usize> = (0..kinds.len()).filter(|&at| kinds.get(at) == Some(&Column::Head)).collect();
    let marks = |at: usize| {
        let mut values = below.iter().map(|line| line.cell(at)).filter(|value| !is_nothing(value)).peekable();
        values.peek().is_some() && values.all(|value| is_mark(value) || is_head(value))
    };
    let mut related = kinds.contains(&Column::Relation);
    let mut say = |at: usize, kinds: &mut [Column]| {
        if let Some(kind) = kinds.get_mut(at) {
            *kind = if std::mem::replace(&mut related, true) { Column::Ignored } else { Column::Relation };
        }
    };
    let mut rivals = Vec::new();
    for &at in titled.iter().chain(&header.rivals) {
        if marks(at) {
            say(at, kinds);
        } else if header.rivals.contains(&at) {
            rivals.push(at);
        }
    }
    if !kinds.contains(&Column::Head) && !rivals.is_empty() {
        let at = rivals.remove(0);
        kinds.iter_mut().skip(at).take(1).for_each(|kind| *kind = Column::Head);
    }
    let Some(name) = kinds.iter().position(|kind| *kind == Column::Head) else { return (None, Vec::new()) };
    let (mut repeated, mut undecided) = (None, Vec::new());
    for rival in rivals {
        match beside_each_other(below, name, rival) {
            Beside::Same => {}
            Beside::Repeated if repeated.is_none() => {
                say(rival, kinds);
                repeated = Some(rival).filter(|&at| kinds.get(at) == Some(&Column::Relation));
            }
            _ => undecided.push(rival),
        }
    }
    let next = kinds.iter().rposition(|kind| *kind == Column::Head).map_or(0, |at| at + 1);
    if header.has_head() && header.columns.get(next).is_some_and(|(title, _)| title.is_empty()) {
        match untitled(below, name, next) {
            Untitled::RestOfName => kinds.iter_mut().skip(next).take(1).for_each(|kind| *kind = Column::Head),
            Untitled::Unclear => undecided.push(next),
            Untitled::Other => {}
        }
    }
    (repeated, undecided)
}

/// How two columns of names stand to each other.
enum Beside {
    /// They say the same, or the second one nothing.
    Same,
    /// One of them has the names of the persons, the other that of the head of each.
    Repeated,
    /// Anything else.
    Different,
}

fn beside_each_other(below: &[Line], name: usize, rival: usize) -> Beside {
    let mut head: Option<String> = None;
    let mut members = 0;
    for line in below.iter().filter(|line| !line.cell(rival).is_empty() && !line.cell(name).is_empty()) {
        let (a, b) = (text::spelling(line.cell(name)), text::spelling(line.cell(rival)));
        if a == b {
            head = Some(a);
        } else if head.as_ref().is_some_and(|head| *head == a || *head == b) {
            members += 1;
        } else {
            return Beside::Different;
        }
    }
    let alone = below.iter().any(|line| !line.cell(rival).is_empty() && line.cell(name).is_empty());
    match (alone, members) {
        (true, _) => Beside::Different,
        (false, 0) => Beside::Same,
        _ => Beside::Repeated,
    }
}

/// What a column without a title is, right of the name.
enum Untitled {
    RestOfName,
    Other,
    Unclear,
}

fn untitled(below: &[Line], name: usize, at: usize) -> Untitled {
    let is_other = |value: &str| {
        let key = text::words(value);
        !value.chars().any(char::is_alphabetic) || key.chars().count() < 2 || matches!(key.as_str(), "nam" | "nu" | "trai" | "gai")
    };
    let named = || below.iter().filter(|line| !is_blank(line.cell(name)));
    let values: Vec<&str> = named().map(|line| line.cell(at)).filter(|value| !value.is_empty()).collect();
    if values.iter().all(|value| is_other(value)) || header::never_kept(values.iter().copied(), Column::Ignored).is_some() {
        return Untitled::Other;
    }
    let is_given = |value: &&str| !is_other(value) && !has_digit(value) && value.split_whitespace().count() <= 2;
    let different = values.iter().collect::<HashSet<_>>().len();
    let most = values.len() * 10 >= named().count() * 9 && values.iter().all(is_given) && different * 4 > values.len().min(80);
    if most { Untitled::RestOfName } else { Untitled::Unclear }
}
