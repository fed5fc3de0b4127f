//! The items of a form as a tree, with the repeats that they are in.

use super::definition::{Form, Source};
use super::kind::Kind;
use super::list::Table;
use std::collections::HashMap;

/// The tree of a form. Node 0 is the form itself, node n the n-th item.
#[derive(Debug)]
pub(super) struct Tree {
    form: Form,
    nodes: Vec<Node>,
    scopes: Vec<Scope>,
    names: HashMap<String, Vec<u32>>,
    lists: HashMap<String, u32>,
}

#[derive(Debug)]
pub(super) struct Node {
    pub parent: u32,
    pub children: Vec<u32>,
    /// The innermost repeat that it is in; a repeat is in its own.
    pub scope: u32,
    /// Which of the cells of a row of that scope is its own.
    pub slot: u32,
    /// Of a repeat: which of the repeats of the scope around it.
    pub ordinal: u32,
    /// The table that its options come from.
    pub list: Option<u32>,
}

/// The form (scope 0), or a repeat: what one row of it has.
#[derive(Debug)]
pub(super) struct Scope {
    /// The scope around it; its own for the form.
    pub parent: u32,
    pub depth: u32,
    /// The node of each cell.
    pub slots: Vec<u32>,
    /// The repeats that are directly in it.
    pub repeats: Vec<u32>,
}

impl Tree {
    pub(super) fn new(mut form: Form) -> Self {
        form.lists.iter_mut().map(|list| &mut list.table).chain(form.files.iter_mut().map(|file| &mut file.table)).for_each(Table::prepare);
        let mut lists = HashMap::new();
        for (at, file) in form.files.iter().enumerate() {
            lists.insert(file.stem().to_owned(), (form.lists.len() + at) as u32);
        }
        lists.extend(form.lists.iter().enumerate().map(|(at, list)| (list.name.clone(), at as u32)));
        let mut tree = Self { form, nodes: Vec::new(), scopes: Vec::new(), names: HashMap::new(), lists };
        tree.scopes.push(Scope { parent: 0, depth: 0, slots: vec![0], repeats: Vec::new() });
        tree.nodes.push(Node { parent: 0, children: Vec::new(), scope: 0, slot: 0, ordinal: 0, list: None });
        let mut open: Vec<u32> = vec![0];
        for at in 0..tree.form.items.len() {
            tree.add(at, &mut open);
        }
        tree
    }

    fn add(&mut self, at: usize, open: &mut Vec<u32>) {
        let Some(item) = self.form.items.get(at) else { return };
        let node = at as u32 + 1;
        open.truncate(usize::from(item.depth) + 1);
        let parent = open.last().copied().unwrap_or(0);
        let around = self.node(parent).scope;
        let list = item.source.as_ref().and_then(|source| match source {
            Source::List(name) => self.form.lists.iter().position(|list| list.name == *name),
            Source::File(name) => self.form.files.iter().position(|file| file.name == *name).map(|at| self.form.lists.len() + at),
        });
        let (is_repeat, holds) = (item.kind == Kind::Repeat, item.kind.holds_items());
        self.names.entry(item.name.clone()).or_default().push(node);
        let (mut scope, mut ordinal) = (around, 0);
        if is_repeat {
            scope = self.scopes.len() as u32;
            let depth = self.scope(around).depth + 1;
            if let Some(around) = self.scopes.get_mut(around as usize) {
                ordinal = around.repeats.len() as u32;
                around.repeats.push(node);
            }
            self.scopes.push(Scope { parent: around, depth, slots: Vec::new(), repeats: Vec::new() });
        }
        let mut slot = 0;
        if let Some(scope) = self.scopes.get_mut(scope as usize) {
            slot = scope.slots.len() as u32;
            scope.slots.push(node);
        }
        if let Some(parent) = self.nodes.get_mut(parent as usize) {
            parent.children.push(node);
        }
        self.nodes.push(Node { parent, children: Vec::new(), scope, slot, ordinal, list: list.map(|at| at as u32) });
        if holds {
            open.push(node);
        }
    }

    pub(super) fn form(&self) -> &Form {
        &self.form
    }

    pub(super) fn len(&self) -> u32 {
        self.nodes.len() as u32
    }

    /// A node. Numbers of nodes come from this tree alone; for any other, the form itself.
    pub(super) fn node(&self, node: u32) -> &Node {
        const NOWHERE: &Node = &Node { parent: 0, children: Vec::new(), scope: 0, slot: 0, ordinal: 0, list: None };
        self.nodes.get(node as usize).unwrap_or(NOWHERE)
    }

    pub(super) fn scope(&self, scope: u32) -> &Scope {
        const NOWHERE: &Scope = &Scope { parent: 0, depth: 0, slots: Vec::new(), repeats: Vec::new() };
        self.scopes.get(scope as usize).unwrap_or(NOWHERE)
    }

    pub(super) fn item(&self, node: u32) -> Option<&super::definition::Item> {
        self.form.items.get((node as usize).checked_sub(1)?)
    }

    pub(super) fn kind(&self, node: u32) -> Kind {
        self.item(node).map_or(Kind::Group, |item| item.kind)
    }

    pub(super) fn name(&self, node: u32) -> &str {
        self.item(node).map_or("data", |item| item.name.as_str())
    }

    pub(super) fn is_repeat(&self, node: u32) -> bool {
        self.kind(node) == Kind::Repeat
    }

    /// The scope that the instances of a repeat are counted in.
    pub(super) fn outer_scope(&self, repeat: u32) -> u32 {
        self.scope(self.node(repeat).scope).parent
    }

    pub(super) fn is_within(&self, node: u32, group: u32) -> bool {
        std::iter::successors(Some(node), |node| (*node != 0).then(|| self.node(*node).parent)).any(|node| node == group)
    }

    /// Whether a node is somewhere in a group.
    pub(super) fn is_inside(&self, node: u32, group: u32) -> bool {
        std::iter::successors(Some(node), |at| (*at != 0).then(|| self.node(*at).parent)).skip(1).any(|at| at == group)
    }

    /// The innermost scope that both are in.
    pub(super) fn lowest_common(&self, mut a: u32, mut b: u32) -> u32 {
        while a != b {
            let (deep_a, deep_b) = (self.scope(a).depth, self.scope(b).depth);
            if deep_a >= deep_b {
                a = self.scope(a).parent;
            }
            if deep_b >= deep_a {
                b = self.scope(b).parent;
            }
        }
        a
    }

    /// The nodes of that name.
    pub(super) fn named(&self, name: &str) -> &[u32] {
        self.names.get(name).map_or(&[], Vec::as_slice)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.keys().map(String::as_str)
    }

    pub(super) fn list(&self, node: u32) -> Option<u32> {
        self.node(node).list
    }

    pub(super) fn list_named(&self, name: &str) -> Option<u32> {
        self.lists.get(name).copied()
    }

    pub(super) fn list_names(&self) -> impl Iterator<Item = &str> {
        self.lists.keys().map(String::as_str)
    }

    pub(super) fn list_name(&self, list: u32) -> &str {
        let at = list as usize;
        let file = || self.form.files.get(at.checked_sub(self.form.lists.len())?).map(|file| file.name.as_str());
        self.form.lists.get(at).map(|list| list.name.as_str()).or_else(file).unwrap_or("")
    }

    pub(super) fn table(&self, list: u32) -> &Table {
        static NONE: std::sync::OnceLock<Table> = std::sync::OnceLock::new();
        let at = list as usize;
        let file = || self.form.files.get(at.checked_sub(self.form.lists.len())?).map(|file| &file.table);
        self.form.lists.get(at).map(|list| &list.table).or_else(file).unwrap_or_else(|| NONE.get_or_init(Table::default))
    }

    /// The columns of a select's table that have the codes and the labels: parameters name them for a file.
    pub(super) fn code_column(&self, node: u32) -> Option<u32> {
        let name = self.item(node).and_then(|item| item.parameter("value")).unwrap_or("name");
        self.table(self.list(node)?).column(name)
    }
}
