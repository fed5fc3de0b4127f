//! The cells of one line by what they hold, and the household that they make.

use super::columns::Columns;
use super::{Section, shortened, shown};
use crate::book::Line;
use domain::household::Household;
use domain::roll::{Column, Doubt, is_blank, is_day, is_ditto, people, phone, remark, without_address, without_identity_numbers};

/// The cells of a line by what they hold.
#[derive(Default)]
pub(super) struct Cells {
    pub no: String,
    pub head: String,
    pub people: String,
    pub phone: String,
    pub hint: String,
    pub cluster: String,
    pub village: String,
    pub code: String,
    pub relation: String,
}

impl Cells {
    pub fn new(line: &Line, columns: &Columns) -> Self {
        let mut cells = Self::default();
        for (at, cell) in line.filled() {
            let (field, between) = match columns.kinds.get(at).unwrap_or(&Column::Ignored) {
                Column::No => (&mut cells.no, ""),
                Column::Head => (&mut cells.head, " "),
                Column::People => (&mut cells.people, ""),
                Column::Phone => (&mut cells.phone, " / "),
                Column::Hint => (&mut cells.hint, ", "),
                Column::Cluster => (&mut cells.cluster, ", "),
                Column::Village => (&mut cells.village, ""),
                Column::Code => (&mut cells.code, ""),
                Column::Relation => (&mut cells.relation, ""),
                Column::Ignored | Column::Never(_) => continue,
            };
            if field.is_empty() {
                field.push_str(cell);
            } else if !between.is_empty() {
                field.push_str(between);
                field.push_str(cell);
            }
        }
        cells
    }

    /// Says what "nt" and its like stand for: the same as on the line above.
    pub fn fill_in(&mut self, above: &mut Above) {
        let fields = [(&mut self.hint, &mut above.hint), (&mut self.cluster, &mut above.cluster), (&mut self.village, &mut above.village)];
        for (field, above) in fields {
            if is_ditto(field) {
                field.clone_from(above);
            } else {
                above.clone_from(field);
            }
        }
    }

    /// The household as it is stored; whatever cannot be read stays empty and raises a doubt.
    pub fn household(&self, section: &Section, doubts: &mut Vec<Doubt>) -> Household {
        let cluster = if self.cluster.is_empty() { &section.cluster } else { &self.cluster };
        let [no, head, hint, cluster] = [self.no.as_str(), without_address(&self.head), &self.hint, cluster].map(|field| {
            let kept = without_identity_numbers(field);
            if kept.is_some() && !doubts.contains(&Doubt::IdentityNumber) {
                doubts.push(Doubt::IdentityNumber);
            }
            let kept = kept.unwrap_or_else(|| field.to_owned());
            let short = shortened(&kept);
            if short.len() < kept.len() && !doubts.contains(&Doubt::Cut) {
                doubts.push(Doubt::Cut);
            }
            short
        });
        doubts.extend(remark(&head).map(|remark| Doubt::Remark(remark.to_owned())));
        let no = if is_day(&no) {
            doubts.push(Doubt::Number(no));
            String::new()
        } else {
            no
        };
        Household { no, head, hint, cluster, phone: self.phone(doubts), people: self.people(doubts), ..Household::default() }
    }

    fn phone(&self, doubts: &mut Vec<Doubt>) -> String {
        if is_blank(&self.phone) {
            return String::new();
        }
        if let Some(number) = phone(&self.phone) {
            return number;
        }
        let several: Vec<&str> = self.phone.split(['/', ';', ',', '|']).filter(|part| !is_blank(part)).collect();
        match several.iter().find_map(|part| phone(part)) {
            Some(first) => {
                doubts.push(Doubt::SeveralPhones);
                first
            }
            None => {
                doubts.push(Doubt::Phone(shown(&self.phone)));
                String::new()
            }
        }
    }

    fn people(&self, doubts: &mut Vec<Doubt>) -> Option<u16> {
        if is_blank(&self.people) {
            return None;
        }
        let read = people(&self.people);
        if read.is_none() {
            doubts.push(Doubt::People(shown(&self.people)));
        }
        read
    }
}

/// What the line above says, for the one that says "nt".
#[derive(Default)]
pub(super) struct Above {
    hint: String,
    cluster: String,
    village: String,
}
