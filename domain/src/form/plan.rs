//! A form made ready to be filled in: expressions lowered, and the order in which they are worked out.

use super::column::Column;
use super::definition::{Form, Text};
use super::expression::{Expr, parse};
use super::kind::Kind;
use super::lower::{Code, Lowering, Predicate, Read};
use super::problem::Fault;
use super::tree::Tree;
use super::value::number;

/// A form that can be filled in. It is made once and shared by its sessions.
#[derive(Debug)]
pub struct Plan {
    pub(super) tree: Tree,
    pub(super) rules: Vec<Rules>,
    pub(super) instance_name: Option<Code>,
    /// What is said about it, for information.
    pub(super) notices: Vec<(Origin, Fault)>,
}

/// What a form says of one of its nodes.
#[derive(Debug, Default)]
pub(super) struct Rules {
    pub relevant: Option<Code>,
    pub constraint: Option<Code>,
    pub required: Option<Code>,
    pub read_only: Option<Code>,
    pub calculation: Option<Code>,
    pub default: Option<Code>,
    pub filter: Option<Predicate>,
    pub count: Option<Code>,
    /// Worked out when one of these changes, and only then.
    pub is_triggered: bool,
    /// Nodes that are worked out when this one changes.
    pub triggers: Vec<u32>,
    /// Who reads this node.
    pub readers: Vec<Reader>,
    /// Everything that a node reads comes earlier.
    pub rank: u32,
}

/// A node that reads another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Reader {
    pub node: u32,
    pub common: u32,
    pub purpose: Purpose,
}

/// What it reads it for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Purpose {
    /// Its value, its relevance or its options: to be worked out anew.
    Value,
    /// The number of its instances.
    Count,
    /// What is worked out only when it is looked at: labels, constraints.
    Look,
}

/// Where a form is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// An item, and a column of the survey sheet.
    Item(usize, Column),
    /// A row of a list: which list, which row, which column of its table.
    Choice(usize, u32, u32),
    /// The name of a filled form, in the settings.
    InstanceName,
}

/// How many rows repeats may have together.
pub const MAX_ROWS: usize = 5_000;

impl Plan {
    /// Makes a form ready.
    ///
    /// # Errors
    /// Everything that is wrong with it, and where: never only the first.
    pub fn new(form: Form) -> Result<Self, Vec<(Origin, Fault)>> {
        let mut making = Making { tree: Tree::new(form), rules: Vec::new(), edges: Vec::new(), faults: Vec::new() };
        making.rules.resize_with(making.tree.len() as usize, Rules::default);
        for node in 1..making.tree.len() {
            making.node(node);
        }
        making.choices();
        let instance_name = making.instance_name();
        making.order();
        let Making { tree, rules, faults, .. } = making;
        let (notices, faults): (Vec<_>, Vec<_>) = faults.into_iter().partition(|(_, fault)| fault.is_notice());
        if faults.is_empty() { Ok(Self { tree, rules, instance_name, notices }) } else { Err(faults) }
    }

    /// The form.
    pub fn form(&self) -> &Form {
        self.tree.form()
    }

    pub(super) fn rules(&self, node: u32) -> &Rules {
        const NONE: &Rules = &Rules {
            relevant: None,
            constraint: None,
            required: None,
            read_only: None,
            calculation: None,
            default: None,
            filter: None,
            count: None,
            is_triggered: false,
            triggers: Vec::new(),
            readers: Vec::new(),
            rank: 0,
        };
        self.rules.get(node as usize).unwrap_or(NONE)
    }
}

struct Making {
    tree: Tree,
    rules: Vec<Rules>,
    /// From what is read to who reads it, and in which column.
    edges: Vec<(u32, u32, Column)>,
    faults: Vec<(Origin, Fault)>,
}

impl Making {
    fn node(&mut self, node: u32) {
        let Some(item) = self.tree.item(node).cloned() else { return };
        let parent = self.tree.node(node).parent;
        let is_triggered = !item.trigger.is_empty();
        let value = if is_triggered { Purpose::Look } else { Purpose::Value };
        let rules = Rules {
            relevant: self.code(node, &item.relevant, Column::Relevant, Purpose::Value),
            constraint: self.code(node, &item.constraint, Column::Constraint, Purpose::Look),
            required: self.code(node, &item.required, Column::Required, Purpose::Look),
            read_only: self.code(node, &item.read_only, Column::ReadOnly, Purpose::Look),
            calculation: self.code(node, &item.calculation, Column::Calculation, value),
            default: self.default(node, &item.default),
            filter: self.filter(node, &item.choice_filter),
            count: self.count(node, parent, &item.repeat_count),
            is_triggered,
            ..Rules::default()
        };
        if let Some(place) = self.rules.get_mut(node as usize) {
            // Readers may be there already: whoever comes earlier in the form reads this node too.
            let before = std::mem::replace(place, rules);
            place.readers = before.readers;
            place.triggers = before.triggers;
        }
        self.triggers(node, &item.trigger);
        let texts: [(&Text, Column); 5] = [
            (&item.label, Column::Label),
            (&item.hint, Column::Hint),
            (&item.guidance, Column::Guidance),
            (&item.constraint_message, Column::ConstraintMessage),
            (&item.required_message, Column::RequiredMessage),
        ];
        for (text, column) in texts {
            for text in text.all() {
                self.text(node, text, column);
            }
        }
        if parent != 0 {
            self.edges.push((parent, node, Column::Relevant));
        }
    }

    fn fault(&mut self, node: u32, column: Column, fault: Fault) {
        self.faults.push((Origin::Item(node as usize - 1, column), fault));
    }

    fn code(&mut self, node: u32, text: &str, column: Column, purpose: Purpose) -> Option<Code> {
        self.code_at(node, node, text, column, purpose)
    }

    /// Lowers an expression that stands at `node` and is worked out at `here`.
    fn code_at(&mut self, node: u32, here: u32, text: &str, column: Column, purpose: Purpose) -> Option<Code> {
        if text.is_empty() {
            return None;
        }
        let mut lowering = Lowering::new(&self.tree, here);
        let code = lowering.lower(text);
        let Lowering { reads, missing, .. } = lowering;
        missing.into_iter().for_each(|fault| self.fault(node, column, fault));
        match code {
            Ok(code) => {
                self.read(node, reads, column, purpose);
                Some(code)
            }
            Err(fault) => {
                self.fault(node, column, fault);
                None
            }
        }
    }

    fn read(&mut self, node: u32, reads: Vec<Read>, column: Column, purpose: Purpose) {
        for read in reads {
            let reader = Reader { node, common: read.common, purpose };
            if let Some(rules) = self.rules.get_mut(read.node as usize) {
                rules.readers.push(reader);
            }
            // A group may be shown or not by what is answered in it; nothing that is worked out may wait for that.
            let is_own = column == Column::Relevant
                && self.tree.is_inside(read.node, node)
                && self.tree.item(read.node).is_some_and(|item| item.calculation.is_empty());
            if purpose != Purpose::Look && !is_own {
                self.edges.push((read.node, node, column));
            }
        }
    }

    fn default(&mut self, node: u32, text: &str) -> Option<Code> {
        is_dynamic(self.tree.kind(node), text).then(|| self.code_at(node, node, text, Column::Default, Purpose::Look))?
    }

    fn count(&mut self, node: u32, parent: u32, text: &str) -> Option<Code> {
        // The count belongs to what the repeat is in: inside, there may be nothing yet.
        self.code_at(node, parent, text, Column::RepeatCount, Purpose::Count)
    }

    fn filter(&mut self, node: u32, text: &str) -> Option<Predicate> {
        let list = self.tree.list(node).filter(|_| !text.is_empty())?;
        let mut lowering = Lowering::new(&self.tree, node);
        let filter = lowering.filter(text, list);
        let mut reads = lowering.reads;
        reads.retain(|read| read.node != node);
        match filter {
            Ok(filter) => {
                self.read(node, reads, Column::ChoiceFilter, Purpose::Value);
                Some(filter)
            }
            Err(fault) => {
                self.fault(node, Column::ChoiceFilter, fault);
                None
            }
        }
    }

    fn triggers(&mut self, node: u32, text: &str) {
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let name = part.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
            match name.map(|name| self.tree.named(name.trim()).to_vec()).as_deref() {
                Some(&[trigger]) => {
                    if let Some(rules) = self.rules.get_mut(trigger as usize) {
                        rules.triggers.push(node);
                    }
                }
                _ => self.fault(node, Column::Trigger, Fault::BadTrigger { text: part.to_owned() }),
            }
        }
    }

    fn text(&mut self, node: u32, text: &str, column: Column) {
        for name in references(text) {
            let mut lowering = Lowering::new(&self.tree, node);
            match lowering.question(name) {
                Ok(_) => {
                    let reads = lowering.reads;
                    self.read(node, reads, column, Purpose::Look);
                }
                Err(fault) => self.fault(node, column, fault),
            }
        }
    }

    fn choices(&mut self) {
        for (at, list) in self.tree.form().lists.iter().enumerate() {
            let labels = list.table.columns().iter().enumerate().filter(|(_, name)| *name == "label" || name.starts_with("label::"));
            for (column, _) in labels {
                for row in 0..list.table.len() {
                    for name in references(list.table.cell(row, column as u32)) {
                        if let Err(fault) = Lowering::new(&self.tree, 0).question(name) {
                            self.faults.push((Origin::Choice(at, row, column as u32), fault));
                        }
                    }
                }
            }
        }
    }

    fn instance_name(&mut self) -> Option<Code> {
        let text = self.tree.form().settings.instance_name.as_str();
        if text.is_empty() {
            return None;
        }
        Lowering::new(&self.tree, 0).lower(text).map_err(|fault| self.faults.push((Origin::InstanceName, fault))).ok()
    }

    /// Gives every node its rank, or says which nodes wait for each other.
    fn order(&mut self) {
        let len = self.tree.len() as usize;
        for rules in &mut self.rules {
            rules.readers.sort_unstable();
            rules.readers.dedup();
        }
        let mut waits = vec![0u32; len];
        let mut next: Vec<Vec<(u32, Column)>> = vec![Vec::new(); len];
        self.edges.sort_by_key(|(from, to, _)| (*from, *to));
        self.edges.dedup_by_key(|(from, to, _)| (*from, *to));
        for &(from, to, column) in &self.edges {
            if let (Some(waits), Some(next)) = (waits.get_mut(to as usize), next.get_mut(from as usize)) {
                *waits += 1;
                next.push((to, column));
            }
        }
        // The least node first, so that the order is the form's wherever nothing else decides.
        let mut ready: std::collections::BTreeSet<u32> = (0..len as u32).filter(|node| waits.get(*node as usize) == Some(&0)).collect();
        let mut rank = 0;
        while let Some(node) = ready.pop_first() {
            if let Some(rules) = self.rules.get_mut(node as usize) {
                rules.rank = rank;
            }
            rank += 1;
            for (to, _) in next.get(node as usize).into_iter().flatten() {
                if let Some(waits) = waits.get_mut(*to as usize) {
                    *waits -= 1;
                    if *waits == 0 {
                        ready.insert(*to);
                    }
                }
            }
        }
        if (rank as usize) < len {
            self.cycle(&waits);
        }
    }

    /// Finds one circle among the nodes that still wait: backwards from any of them, to one that was met before.
    fn cycle(&mut self, waits: &[u32]) {
        let is_waiting = |node: u32| waits.get(node as usize).is_some_and(|waits| *waits > 0);
        let mut before: Vec<Option<(u32, Column)>> = vec![None; waits.len()];
        for &(from, to, column) in self.edges.iter().filter(|(from, ..)| is_waiting(*from)) {
            if let Some(before) = before.get_mut(to as usize) {
                *before = Some((from, column));
            }
        }
        let Some(first) = (0..self.tree.len()).find(|node| is_waiting(*node)) else { return };
        // Each node of the path, and the column in which it reads the next.
        let mut path: Vec<(u32, Column)> = Vec::new();
        let mut met: Vec<Option<usize>> = vec![None; waits.len()];
        let mut at = first;
        let start = loop {
            let (Some(Some((from, column))), Some(met)) = (before.get(at as usize), met.get_mut(at as usize)) else { return };
            if let Some(start) = *met {
                break start;
            }
            *met = Some(path.len());
            path.push((at, *column));
            at = *from;
        };
        let mut circle = path.split_off(start);
        circle.reverse();
        // Told from the first question of the form on, in the order of influence.
        let least = circle.iter().enumerate().min_by_key(|(_, (node, _))| *node).map_or(0, |(at, _)| at);
        circle.rotate_left(least);
        let mut names: Vec<String> = circle.iter().map(|(node, _)| self.tree.name(*node).to_owned()).collect();
        names.extend(names.first().cloned());
        if let Some(&(node, column)) = circle.first() {
            self.fault(node, column, Fault::Cycle { names });
        }
    }
}

/// Whether a default is worked out, as pyxform decides: it calls something, or asks for a question, or reckons where the
/// answer is no day.
pub(super) fn is_dynamic(kind: Kind, text: &str) -> bool {
    if text.contains("${") {
        return true;
    }
    if !number(text).is_nan() {
        return false;
    }
    match parse(text) {
        Ok(Expr::Call(call)) => super::function::find(&call.name).is_some(),
        Ok(Expr::Chain(..)) => text.contains('(') || kind.is_number(),
        Ok(Expr::Path(path)) => !path.steps.is_empty() && text.contains('('),
        _ => false,
    }
}

/// The questions that a text shows: `${name}`.
pub(super) fn references(text: &str) -> impl Iterator<Item = &str> {
    text.split("${").skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name.trim())
}
