//! The answers of a session: what a draft is kept as, and what is sent.

use super::answer;
use super::plan::{MAX_ROWS, Plan};
use super::session::Session;
use super::value::Place;
use crate::time::Time;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The answers of one form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answers {
    /// Of which form.
    pub form: String,
    /// Of which version of it.
    pub version: String,
    /// The answers there are, in the order of the form; also those that are not relevant now, which a draft may need again.
    pub answers: Vec<Answer>,
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Where: names from the form inwards, an instance of a repeat with its number: `house/member[2]/age`. An instance
    /// stands here by itself too, so that an empty one is kept.
    pub path: String,
    /// What was answered; empty for an instance.
    pub value: String,
    /// Whether it is relevant: what is not is no answer, and is left out of what is sent.
    pub is_relevant: bool,
}

impl Answers {
    /// Without what is not relevant, as it is sent.
    pub fn relevant(mut self) -> Self {
        self.answers.retain(|answer| answer.is_relevant);
        self
    }
}

impl Session {
    /// Every answer there is, to be kept.
    pub fn answers(&self) -> Answers {
        let form = self.plan.form();
        let mut answers = Vec::new();
        for place in self.places() {
            let kind = self.plan.tree.kind(place.node);
            let value = self.kept(place);
            if value.is_empty() && !self.plan.tree.is_repeat(place.node) || kind.is_withheld() {
                continue;
            }
            answers.push(Answer { path: self.path(place), value: value.to_owned(), is_relevant: self.is_relevant(place) });
        }
        Answers { form: form.settings.id.clone(), version: form.settings.version.clone(), answers }
    }

    /// Where a place is, as answers name it.
    pub fn path(&self, place: Place) -> String {
        let mut parts = Vec::new();
        let mut at = place;
        while at != Place::FORM {
            let name = self.plan.tree.name(at.node);
            parts.push(if self.plan.tree.is_repeat(at.node) { format!("{name}[{}]", self.position(at)) } else { name.to_owned() });
            at = self.parent(at);
        }
        parts.reverse();
        parts.join("/")
    }

    /// Goes on with what was kept. Answers that this form has no place for, or that are none of their kind, come back
    /// beside the session: nothing is lost silently. Questions without an answer stay empty, defaults are not set again.
    pub fn resume(plan: Arc<Plan>, kept: &Answers, clock: Time, chance: u64) -> (Self, Vec<Answer>) {
        let mut session = Self::empty(plan, clock, chance);
        session.bare_row(0, 0, 0);
        let refused = kept.answers.iter().filter(|answer| !session.put_back(answer)).cloned().collect();
        session.start();
        (session, refused)
    }

    /// Puts an answer where it was; false if there is no such place, or it is no answer to it.
    fn put_back(&mut self, answer: &Answer) -> bool {
        let plan = Arc::clone(&self.plan);
        let tree = &plan.tree;
        let mut at = Place::FORM;
        for part in answer.path.split('/') {
            let (name, index) = match part.strip_suffix(']').and_then(|part| part.split_once('[')) {
                Some((name, index)) => (name, index.parse::<usize>().ok().filter(|index| (1..=MAX_ROWS).contains(index))),
                None => (part, None),
            };
            let Some(&node) = tree.node(at.node).children.iter().find(|child| tree.name(**child) == name) else { return false };
            let row = match (tree.is_repeat(node), index) {
                (false, None) => at.row,
                (true, Some(index)) => {
                    while self.instances(at.row, node).len() < index {
                        if self.is_full() {
                            return false;
                        }
                        self.bare_row(tree.node(node).scope, at.row, node);
                    }
                    match self.instances(at.row, node).get(index - 1) {
                        Some(row) => *row,
                        None => return false,
                    }
                }
                _ => return false,
            };
            at = Place { row, node };
        }
        let Some(item) = tree.item(at.node) else { return false };
        if item.kind.holds_items() {
            return answer.value.is_empty();
        }
        if item.kind.is_withheld() {
            return false;
        }
        // A calculation may hold anything; `once` goes on with it.
        let value = if plan.rules(at.node).calculation.is_some() { Ok(answer.value.clone()) } else { answer::normal(item, &answer.value) };
        match value {
            Ok(value) if self.has_options(at, &value) => {
                self.keep(at, value);
                true
            }
            _ => false,
        }
    }
}
