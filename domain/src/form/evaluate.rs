//! What an expression is worth, asked at one place of a filled form.
//!
//! Where JavaRosa, Enketo and the ODK web client differ, `docs/SURVEYS.md` says whom this follows and why.

use super::expression::Operator;
use super::function::Function;
use super::lower::{AxisCode, Code, Predicate, Question, StartCode};
use super::moment::{self, Moment};
use super::pattern::Pattern;
use super::session::Session;
use super::shuffle;
use super::value::{Node, Place, Value, number, parts, print};
use std::borrow::Cow;

/// Where an expression is asked.
#[derive(Clone, Copy)]
pub(super) struct Scene<'a> {
    pub session: &'a Session,
    /// The question that the expression belongs to.
    pub here: Place,
    /// Whether it decides if a group is relevant: what was answered inside counts then, whether it is relevant or not.
    pub decides: bool,
}

/// The node that a predicate is asked about, its place among the others, and how many there are.
#[derive(Clone, Copy)]
struct Context {
    node: Node,
    position: usize,
    size: usize,
}

impl<'a> Scene<'a> {
    pub(super) fn text(&self, code: &Code) -> String {
        self.text_of(self.value(code, self.own())).into_owned()
    }

    /// Of what is inside the group whose relevance is decided, the answer that is kept: otherwise a group that was hidden
    /// once could never come back.
    fn answer(&self, place: Place) -> &'a str {
        if self.is_own(place) { self.session.kept(place) } else { self.session.value(place) }
    }

    fn is_seen(&self, place: Place) -> bool {
        self.is_own(place) || self.session.is_relevant(place)
    }

    fn is_own(&self, place: Place) -> bool {
        let around = std::iter::successors(Some(place), |at| (*at != Place::FORM).then(|| self.session.parent(*at)));
        self.decides && around.skip(1).any(|at| at == self.here)
    }

    pub(super) fn bool(&self, code: &Code) -> bool {
        let value = self.value(code, self.own());
        self.bool_of(&value)
    }

    pub(super) fn number(&self, code: &Code) -> f64 {
        let value = self.value(code, self.own());
        self.number_of(&value)
    }

    /// What is stored of a calculation: a number that is none is no answer, as in JavaRosa.
    pub(super) fn stored(&self, code: &Code) -> String {
        match self.value(code, self.own()) {
            Value::Number(number) if number.is_nan() => String::new(),
            value => self.text_of(value).into_owned(),
        }
    }

    /// The rows of a list that a filter lets through, in their order.
    pub(super) fn filtered(&self, list: u32, filter: &Predicate) -> Vec<u32> {
        let nodes = self.items(list, Some(filter));
        nodes.into_iter().filter_map(|node| if let Node::Item(_, row) = node { Some(row) } else { None }).collect()
    }

    /// Whether a filter lets one row of a list through.
    pub(super) fn offers(&self, list: u32, row: u32, filter: &Predicate) -> bool {
        let context =
            Context { node: Node::Item(list, row), position: row as usize + 1, size: self.session.plan.tree.table(list).len() as usize };
        self.holds(&filter.code, context)
    }

    fn own(&self) -> Context {
        Context { node: Node::Place(self.here), position: 1, size: 1 }
    }

    fn value<'b>(&'b self, code: &'b Code, context: Context) -> Value<'b> {
        match code {
            Code::Number(number) => Value::Number(*number),
            Code::Text(text) => Value::Text(Cow::Borrowed(text)),
            Code::Negate(inner) => Value::Number(-self.number_of(&self.value(inner, context))),
            Code::Chain(first, rest) => self.chain(first, rest, context),
            Code::Union(parts) => {
                let mut nodes: Vec<Node> = Vec::new();
                for part in parts {
                    for node in self.nodes(part, context) {
                        if !nodes.contains(&node) {
                            nodes.push(node);
                        }
                    }
                }
                Value::Nodes(nodes)
            }
            Code::Question(question) => match self.single(*question) {
                // A question of numbers stays a node: as a truth, its 0 is false.
                Some(place) if self.session.plan.tree.kind(place.node).is_number() => Value::Nodes(vec![Node::Place(place)]),
                Some(place) => Value::Text(Cow::Borrowed(self.answer(place))),
                None => Value::Nodes(self.seen(self.places(*question))),
            },
            Code::Path(_) | Code::Indexed(..) => Value::Nodes(self.seen(self.nodes(code, context))),
            Code::Matches(text, pattern) => Value::Bool(pattern.matches(&self.text_of(self.value(text, context)))),
            Code::ChoiceName(value, select) => {
                let wanted = self.text_of(self.value(value, context));
                Value::Text(Cow::Owned(self.session.choice_label(*select, &wanted).unwrap_or_default()))
            }
            Code::Pulldata(list, wanted, key, value) => {
                let value = self.text_of(self.value(value, context));
                let table = self.session.plan.tree.table(*list);
                Value::Text(Cow::Borrowed(table.rows_with(*key, &value).next().map_or("", |row| table.cell(row, *wanted))))
            }
            Code::Call(function, arguments) => self.call(*function, arguments, context),
        }
    }

    /// Leaves out of a set what is not relevant: nobody is asked it.
    fn seen(&self, mut nodes: Vec<Node>) -> Vec<Node> {
        nodes.retain(|node| if let Node::Place(place) = node { self.is_seen(*place) } else { true });
        nodes
    }

    // --- operators

    fn chain<'b>(&'b self, first: &'b Code, rest: &'b [(Operator, Code)], context: Context) -> Value<'b> {
        let mut left = self.value(first, context);
        for (operator, operand) in rest {
            left = match operator {
                Operator::Or => Value::Bool(self.bool_of(&left) || self.holds(operand, context)),
                Operator::And => Value::Bool(self.bool_of(&left) && self.holds(operand, context)),
                Operator::Equal
                | Operator::Unequal
                | Operator::Less
                | Operator::LessOrEqual
                | Operator::Greater
                | Operator::GreaterOrEqual => Value::Bool(self.compare(*operator, left, self.value(operand, context))),
                _ => {
                    let (a, b) = (self.number_of(&left), self.number_of(&self.value(operand, context)));
                    Value::Number(match operator {
                        Operator::Plus => a + b,
                        Operator::Minus => a - b,
                        Operator::Times => a * b,
                        Operator::Div => a / b,
                        _ => a % b,
                    })
                }
            };
        }
        left
    }

    fn holds(&self, code: &Code, context: Context) -> bool {
        let value = self.value(code, context);
        self.bool_of(&value)
    }

    /// XPath 1.0 §3.4: true if any pair of members compares so. A set without members is an empty text, as for JavaRosa:
    /// a question that is not asked equals ''.
    fn compare(&self, operator: Operator, a: Value<'_>, b: Value<'_>) -> bool {
        let equality = matches!(operator, Operator::Equal | Operator::Unequal);
        if equality && (matches!(a, Value::Bool(_)) || matches!(b, Value::Bool(_))) {
            return (self.bool_of(&a) == self.bool_of(&b)) == (operator == Operator::Equal);
        }
        let (a, b) = (self.atoms(&a), self.atoms(&b));
        a.iter().any(|a| b.iter().any(|b| compare_atoms(operator, a, b)))
    }

    fn atoms<'b>(&'b self, value: &'b Value<'b>) -> Vec<Atom<'b>> {
        match value {
            Value::Number(number) => vec![Atom::Number(*number)],
            Value::Bool(bool) => vec![Atom::Number(f64::from(u8::from(*bool)))],
            Value::Text(text) => vec![Atom::Text(text)],
            Value::Nodes(nodes) if nodes.is_empty() => vec![Atom::Text("")],
            Value::Nodes(nodes) => nodes.iter().map(|node| Atom::Text(self.text_at(*node))).collect(),
        }
    }

    // --- conversions

    fn text_at(&self, node: Node) -> &'a str {
        match node {
            Node::Place(place) => self.answer(place),
            Node::Field(list, row, column) => self.session.plan.tree.table(list).cell(row, column),
            Node::List(_) | Node::Root(_) | Node::Item(..) => "",
        }
    }

    fn text_of<'b>(&self, value: Value<'b>) -> Cow<'b, str>
    where
        'a: 'b,
    {
        match value {
            Value::Number(number) => Cow::Owned(print(number)),
            Value::Bool(bool) => Cow::Borrowed(if bool { "true" } else { "false" }),
            Value::Text(text) => text,
            Value::Nodes(nodes) => Cow::Borrowed(nodes.first().map_or("", |node| self.text_at(*node))),
        }
    }

    fn number_of(&self, value: &Value<'_>) -> f64 {
        match value {
            Value::Number(number) => *number,
            Value::Bool(bool) => f64::from(u8::from(*bool)),
            Value::Text(text) => number(text),
            Value::Nodes(nodes) => nodes.first().map_or(f64::NAN, |node| number(self.text_at(*node))),
        }
    }

    /// A question is true if it has an answer, and a number that is not 0: what JavaRosa does, and what authors mean.
    fn bool_of(&self, value: &Value<'_>) -> bool {
        match value {
            Value::Number(number) => *number != 0.0 && !number.is_nan(),
            Value::Bool(bool) => *bool,
            Value::Text(text) => !text.is_empty(),
            Value::Nodes(nodes) => nodes.first().is_some_and(|node| match node {
                Node::Place(place) if self.session.plan.tree.kind(place.node).is_number() => {
                    let number = number(self.text_at(*node));
                    number != 0.0 && !number.is_nan()
                }
                Node::Item(..) => true,
                node => !self.text_at(*node).is_empty(),
            }),
        }
    }

    // --- nodes

    /// The one place that a question is, if it can only be one.
    fn single(&self, question: Question) -> Option<Place> {
        let tree = &self.session.plan.tree;
        (tree.node(question.node).scope == question.common)
            .then(|| Place { row: self.session.row_around(self.here.row, question.common), node: question.node })
    }

    /// Every place that a question is, below the row that it shares with the expression.
    fn places(&self, question: Question) -> Vec<Node> {
        let top = self.session.row_around(self.here.row, question.common);
        self.session.below(top, question.node).into_iter().map(|row| Node::Place(Place { row, node: question.node })).collect()
    }

    fn nodes(&self, code: &Code, context: Context) -> Vec<Node> {
        match code {
            Code::Question(question) => self.places(*question),
            Code::Indexed(target, pairs) => self.indexed(*target, pairs, context),
            Code::Path(path) => {
                let mut nodes = match &path.start {
                    StartCode::Form => vec![Node::Place(Place::FORM)],
                    StartCode::Context => vec![context.node],
                    StartCode::Here => vec![Node::Place(self.here)],
                    StartCode::Question(question) => self.places(*question),
                    StartCode::List(list) => vec![Node::List(*list)],
                    StartCode::Code(code) => self.nodes(code, context),
                };
                self.keep(&mut nodes, &path.predicates);
                for step in &path.steps {
                    nodes = self.step(&nodes, &step.axis, &step.predicates);
                }
                nodes
            }
            Code::Call(Function::Randomize, arguments) => self.randomized(arguments, context),
            code => match self.value(code, context) {
                Value::Nodes(nodes) => nodes,
                _ => Vec::new(),
            },
        }
    }

    fn step(&self, nodes: &[Node], axis: &AxisCode, predicates: &[Predicate]) -> Vec<Node> {
        let tree = &self.session.plan.tree;
        let mut found = Vec::new();
        for &node in nodes {
            let mut next = match (axis, node) {
                (AxisCode::Itself, node) => vec![node],
                (AxisCode::Parent, Node::Place(place)) => vec![Node::Place(self.session.parent(place))],
                (AxisCode::Parent, Node::Item(list, _)) => vec![Node::Root(list)],
                (AxisCode::Form(children), Node::Place(place)) => {
                    let mine = children.iter().filter(|child| tree.node(**child).parent == place.node);
                    mine.flat_map(|child| self.session.places_of(place.row, *child)).map(Node::Place).collect()
                }
                (AxisCode::Root, Node::List(list)) => vec![Node::Root(list)],
                (AxisCode::Items, Node::Root(list)) => {
                    // The first predicate may be answered by an index.
                    let mut items = self.items(list, predicates.first());
                    self.keep(&mut items, predicates.get(1..).unwrap_or(&[]));
                    found.extend(items);
                    continue;
                }
                (AxisCode::Field(column), Node::Item(list, row)) => vec![Node::Field(list, row, *column)],
                (AxisCode::Translated(name), Node::Item(list, row)) => {
                    self.session.translated(list, name).map(|column| Node::Field(list, row, column)).into_iter().collect()
                }
                (AxisCode::Fields, Node::Item(list, row)) => {
                    (0..tree.table(list).columns().len() as u32).map(|column| Node::Field(list, row, column)).collect()
                }
                _ => Vec::new(),
            };
            self.keep(&mut next, predicates);
            for node in next {
                // Only going up can meet a node twice.
                if !matches!(axis, AxisCode::Parent) || found.last() != Some(&node) {
                    found.push(node);
                }
            }
        }
        found
    }

    fn keep(&self, nodes: &mut Vec<Node>, predicates: &[Predicate]) {
        for predicate in predicates {
            let size = nodes.len();
            let mut position = 0;
            nodes.retain(|node| {
                position += 1;
                self.fits(predicate, Context { node: *node, position, size })
            });
        }
    }

    fn fits(&self, predicate: &Predicate, context: Context) -> bool {
        match self.value(&predicate.code, context) {
            // XPath 1.0 §2.4: a number is a position.
            Value::Number(number) => number == context.position as f64,
            value => self.bool_of(&value),
        }
    }

    fn items(&self, list: u32, predicate: Option<&Predicate>) -> Vec<Node> {
        let table = self.session.plan.tree.table(list);
        let item = |row| Node::Item(list, row);
        let Some(predicate) = predicate else { return (0..table.len()).map(item).collect() };
        if let Some((column, key)) = &predicate.key {
            let keys: Vec<Cow<'_, str>> = match self.value(key, self.own()) {
                Value::Text(text) => vec![text],
                Value::Nodes(nodes) if nodes.is_empty() => vec![Cow::Borrowed("")],
                Value::Nodes(nodes) => nodes.into_iter().map(|node| Cow::Borrowed(self.text_at(node))).collect(),
                Value::Number(_) | Value::Bool(_) => Vec::new(),
            };
            if !keys.is_empty() {
                let mut rows: Vec<u32> = keys.iter().flat_map(|key| table.rows_with(*column, key)).collect();
                rows.sort_unstable();
                rows.dedup();
                let size = rows.len();
                let mut items: Vec<Node> = rows.into_iter().map(item).collect();
                items.retain(|node| self.fits(predicate, Context { node: *node, position: 1, size }));
                return items;
            }
        }
        let mut items = (0..table.len()).map(item).collect();
        self.keep(&mut items, std::slice::from_ref(predicate));
        items
    }

    fn indexed(&self, target: u32, pairs: &[(u32, Code)], context: Context) -> Vec<Node> {
        let tree = &self.session.plan.tree;
        let chain = self.session.scopes_from(0, tree.node(target).scope);
        let mut rows = vec![0];
        for scope in chain {
            let repeat = tree.scope(scope).slots.first().copied().unwrap_or(0);
            let at = pairs.iter().find(|(of, _)| *of == repeat).map(|(_, index)| self.number_of(&self.value(index, context)));
            // A repeat that is not named is the one that the expression is in, if it is in one.
            let own = self.session.row_around(self.here.row, scope);
            rows = rows
                .iter()
                .flat_map(|row| {
                    let instances = self.session.instances(*row, repeat);
                    match at {
                        Some(at) if at >= 1.0 && at.fract() == 0.0 => instances.get(at as usize - 1..at as usize).unwrap_or(&[]),
                        Some(_) => &[],
                        None => match instances.iter().position(|instance| *instance == own) {
                            Some(found) => instances.get(found..=found).unwrap_or(&[]),
                            None => instances,
                        },
                    }
                })
                .copied()
                .collect();
        }
        rows.into_iter().map(|row| Node::Place(Place { row, node: target })).collect()
    }

    fn randomized(&self, arguments: &[Code], context: Context) -> Vec<Node> {
        let Some(set) = arguments.first() else { return Vec::new() };
        let nodes = self.seen(self.nodes(set, context));
        let seed = match arguments.get(1) {
            Some(seed) => {
                let value = self.value(seed, context);
                let number = self.number_of(&value);
                shuffle::seed(number, &self.text_of(value))
            }
            None => (self.session.draw() >> 1) as i64,
        };
        shuffle::shuffle(&nodes, seed)
    }

    // --- functions

    fn call<'b>(&'b self, function: Function, arguments: &'b [Code], context: Context) -> Value<'b> {
        let value = |at: usize| arguments.get(at).map_or(Value::Text(Cow::Borrowed("")), |code| self.value(code, context));
        let text = |at: usize| self.text_of(value(at));
        let number_at = |at: usize| self.number_of(&value(at));
        let own = || match arguments.first() {
            Some(code) => self.value(code, context),
            None => Value::Nodes(vec![context.node]),
        };
        let set = || arguments.first().map_or(Vec::new(), |code| self.seen(self.nodes(code, context)));
        let every = |from: usize| {
            let rest = arguments.get(from..).unwrap_or(&[]);
            rest.iter().flat_map(move |code| match self.value(code, context) {
                Value::Nodes(nodes) => nodes.into_iter().map(|node| Value::Text(Cow::Borrowed(self.text_at(node)))).collect(),
                value => vec![value],
            })
        };
        match function {
            Function::True => Value::Bool(true),
            Function::False => Value::Bool(false),
            Function::Not => Value::Bool(!self.bool_of(&value(0))),
            Function::Boolean => Value::Bool(self.bool_of(&value(0))),
            Function::BooleanFromString => Value::Bool(matches!(text(0).as_ref(), "1" | "true")),
            Function::If => value(if self.bool_of(&value(0)) { 1 } else { 2 }),
            Function::Coalesce => {
                let mut found = Value::Text(Cow::Borrowed(""));
                for at in 0..arguments.len() {
                    found = value(at);
                    let is_empty = match &found {
                        Value::Number(number) => number.is_nan(),
                        Value::Bool(_) => false,
                        Value::Text(text) => text.is_empty(),
                        Value::Nodes(nodes) => nodes.first().is_none_or(|node| self.text_at(*node).is_empty()),
                    };
                    if !is_empty {
                        return found;
                    }
                }
                found
            }
            Function::Once => match self.session.kept(self.here) {
                "" => value(0),
                kept => Value::Text(Cow::Borrowed(kept)),
            },
            Function::Checklist | Function::WeightedChecklist => Value::Bool(self.checklist(function, arguments, context)),

            Function::String => Value::Text(self.text_of(own())),
            Function::Concat => Value::Text(Cow::Owned(every(0).map(|value| self.text_of(value).into_owned()).collect())),
            Function::Join => {
                let parts: Vec<String> = every(1).map(|value| self.text_of(value).into_owned()).collect();
                Value::Text(Cow::Owned(parts.join(&text(0))))
            }
            Function::StringLength => Value::Number(self.text_of(own()).chars().count() as f64),
            Function::NormalizeSpace => Value::Text(Cow::Owned(parts(&self.text_of(own())).collect::<Vec<_>>().join(" "))),
            Function::Contains => Value::Bool(text(0).contains(text(1).as_ref())),
            Function::StartsWith => Value::Bool(text(0).starts_with(text(1).as_ref())),
            Function::EndsWith => Value::Bool(text(0).ends_with(text(1).as_ref())),
            Function::SubstringBefore => {
                Value::Text(Cow::Owned(text(0).split_once(text(1).as_ref()).map_or(String::new(), |(before, _)| before.to_owned())))
            }
            Function::SubstringAfter => {
                Value::Text(Cow::Owned(text(0).split_once(text(1).as_ref()).map_or(String::new(), |(_, after)| after.to_owned())))
            }
            Function::Substr => {
                let end = (arguments.len() > 2).then(|| number_at(2));
                Value::Text(Cow::Owned(substr(&text(0), number_at(1), end)))
            }
            Function::Substring => {
                let end = (arguments.len() > 2).then(|| number_at(2));
                Value::Text(Cow::Owned(substring(&text(0), number_at(1), end)))
            }
            Function::Translate => {
                let (from, to): (Vec<char>, Vec<char>) = (text(1).chars().collect(), text(2).chars().collect());
                let changed = text(0)
                    .chars()
                    .filter_map(|c| match from.iter().position(|known| *known == c) {
                        Some(at) => to.get(at).copied(),
                        None => Some(c),
                    })
                    .collect();
                Value::Text(Cow::Owned(changed))
            }
            Function::Regex => Value::Bool(Pattern::new(&text(1)).is_some_and(|pattern| pattern.matches(&text(0)))),
            Function::Uuid => {
                let mut made = self.session.uuid();
                if !arguments.is_empty() {
                    let length = number_at(0).clamp(0.0, 1_000.0) as usize;
                    while made.len() < length {
                        made += &self.session.uuid();
                    }
                    made.truncate(length);
                }
                Value::Text(Cow::Owned(made))
            }

            Function::Selected => {
                let wanted = text(1);
                let found = parts(&text(0)).any(|part| part == wanted.trim());
                Value::Bool(found)
            }
            Function::SelectedAt => {
                let at = number_at(1);
                let found = if at >= 0.0 { parts(&text(0)).nth(at as usize).map(str::to_owned) } else { None };
                Value::Text(Cow::Owned(found.unwrap_or_default()))
            }
            Function::CountSelected => Value::Number(parts(&text(0)).count() as f64),

            Function::Number => Value::Number(self.number_of(&own())),
            Function::Int => Value::Number(number_at(0).trunc()),
            Function::Floor => Value::Number(number_at(0).floor()),
            Function::Ceiling => Value::Number(number_at(0).ceil()),
            Function::Round => Value::Number(round(number_at(0), if arguments.len() > 1 { number_at(1) } else { 0.0 })),
            Function::Abs => Value::Number(number_at(0).abs()),
            Function::Pow => Value::Number(number_at(0).powf(number_at(1))),
            Function::Exp => Value::Number(number_at(0).exp()),
            Function::Exp10 => Value::Number(10f64.powf(number_at(0))),
            Function::Log => Value::Number(number_at(0).ln()),
            Function::Log10 => Value::Number(number_at(0).log10()),
            Function::Sqrt => Value::Number(number_at(0).sqrt()),
            Function::Sin => Value::Number(number_at(0).sin()),
            Function::Cos => Value::Number(number_at(0).cos()),
            Function::Tan => Value::Number(number_at(0).tan()),
            Function::Asin => Value::Number(number_at(0).asin()),
            Function::Acos => Value::Number(number_at(0).acos()),
            Function::Atan => Value::Number(number_at(0).atan()),
            Function::Atan2 => Value::Number(number_at(0).atan2(number_at(1))),
            Function::Pi => Value::Number(std::f64::consts::PI),
            Function::Random => Value::Number(self.session.fraction()),
            Function::Sum => Value::Number(set().into_iter().map(|node| number(self.text_at(node))).fold(0.0, |sum, n| sum + n)),
            Function::Max => Value::Number(extreme(every(0).map(|value| self.number_of(&value)), f64::max)),
            Function::Min => Value::Number(extreme(every(0).map(|value| self.number_of(&value)), f64::min)),
            Function::Count => Value::Number(set().len() as f64),
            Function::CountNonEmpty => Value::Number(set().into_iter().filter(|node| !self.text_at(*node).is_empty()).count() as f64),
            Function::Position => match arguments.first() {
                None => Value::Number(context.position as f64),
                Some(code) => match self.nodes(code, context).first() {
                    Some(Node::Place(place)) => Value::Number(f64::from(self.session.position(*place))),
                    Some(Node::Item(_, row)) => Value::Number(f64::from(*row) + 1.0),
                    _ => Value::Number(f64::NAN),
                },
            },
            Function::Last => Value::Number(context.size as f64),
            Function::Randomize => Value::Nodes(self.randomized(arguments, context)),
            // Lowered to paths of their own.
            Function::Current | Function::Instance | Function::IndexedRepeat | Function::ChoiceName | Function::Pulldata => {
                Value::Text(Cow::Borrowed(""))
            }

            Function::Today => Value::Text(Cow::Owned(self.session.clock.date().iso())),
            Function::Now => Value::Text(Cow::Owned(moment::of_time(self.session.clock).map_or(String::new(), Moment::print))),
            Function::Date => {
                let found = self.moment(&value(0));
                Value::Text(Cow::Owned(found.map_or(String::new(), |moment| moment.date.iso())))
            }
            Function::DateTime => {
                let found = self.moment(&value(0));
                Value::Text(Cow::Owned(found.map_or(String::new(), Moment::print)))
            }
            Function::DecimalDateTime => Value::Number(self.moment(&value(0)).map_or(f64::NAN, Moment::days)),
            Function::DecimalTime => {
                let clock = moment::read_clock(&text(0)).map(|(clock, zone)| moment::local(clock, zone));
                Value::Number(clock.map_or(f64::NAN, |clock| f64::from(clock) / 86_400_000.0))
            }
            Function::FormatDate => {
                let found = self.moment(&value(0)).or_else(|| moment::of_clock(&text(0)));
                Value::Text(Cow::Owned(found.map_or(String::new(), |moment| moment.format(&text(1), self.session.is_vietnamese()))))
            }
        }
    }

    fn moment(&self, value: &Value<'_>) -> Option<Moment> {
        match value {
            Value::Number(days) => moment::of_days(*days),
            Value::Bool(_) => None,
            Value::Text(text) => moment::read(text),
            Value::Nodes(nodes) => moment::read(self.text_at(*nodes.first()?)),
        }
    }

    /// Whether between the least and the most of what follows is true; -1 sets no bound.
    fn checklist(&self, function: Function, arguments: &[Code], context: Context) -> bool {
        let truths = |code: &Code| -> Vec<(bool, f64)> {
            match self.value(code, context) {
                Value::Nodes(nodes) => {
                    nodes.into_iter().map(|node| (self.bool_of(&Value::Nodes(vec![node])), number(self.text_at(node)))).collect()
                }
                value => vec![(self.bool_of(&value), self.number_of(&value))],
            }
        };
        let bound = |at: usize| arguments.get(at).map_or(f64::NAN, |code| self.number_of(&self.value(code, context)));
        let (least, most) = (bound(0), bound(1));
        let rest = arguments.get(2..).unwrap_or(&[]);
        let total: f64 = if function == Function::Checklist {
            rest.iter().flat_map(truths).filter(|(is, _)| *is).count() as f64
        } else {
            let pairs = rest.chunks(2).filter_map(|pair| Some((truths(pair.first()?), truths(pair.get(1)?))));
            pairs.flat_map(|(of, weights)| of.into_iter().zip(weights)).filter(|((is, _), _)| *is).map(|(_, (_, weight))| weight).sum()
        };
        (least == -1.0 || total >= least) && (most == -1.0 || total <= most)
    }
}

enum Atom<'a> {
    Number(f64),
    Text(&'a str),
}

impl Atom<'_> {
    fn number(&self) -> f64 {
        match self {
            Self::Number(number) => *number,
            Self::Text(text) => number(text),
        }
    }
}

fn compare_atoms(operator: Operator, a: &Atom<'_>, b: &Atom<'_>) -> bool {
    match (operator, a, b) {
        (Operator::Equal, Atom::Text(a), Atom::Text(b)) => a == b,
        (Operator::Unequal, Atom::Text(a), Atom::Text(b)) => a != b,
        (Operator::Equal, a, b) => a.number() == b.number(),
        (Operator::Unequal, a, b) => a.number() != b.number(),
        (Operator::Less, a, b) => a.number() < b.number(),
        (Operator::LessOrEqual, a, b) => a.number() <= b.number(),
        (Operator::Greater, a, b) => a.number() > b.number(),
        (_, a, b) => a.number() >= b.number(),
    }
}

/// The largest or smallest; NaN if there is none, or one that is no number.
fn extreme(numbers: impl Iterator<Item = f64>, of: fn(f64, f64) -> f64) -> f64 {
    numbers.reduce(|a, b| if a.is_nan() || b.is_nan() { f64::NAN } else { of(a, b) }).unwrap_or(f64::NAN)
}

/// Half away from zero, as both web clients and JavaRosa's form with places do.
fn round(number: f64, places: f64) -> f64 {
    let scale = 10f64.powi(places.clamp(-300.0, 300.0) as i32);
    if places.is_nan() {
        f64::NAN
    } else if scale >= 1.0 {
        let scaled = (number.abs() * scale).round();
        if scaled.is_finite() { (scaled / scale).copysign(number) } else { number }
    } else {
        // 10⁻² is no exact number; 10² is.
        let scale = 10f64.powi(-(places.max(-300.0) as i32));
        ((number.abs() / scale).round() * scale).copysign(number)
    }
}

/// From 0; what is negative counts from the end.
fn substr(text: &str, start: f64, end: Option<f64>) -> String {
    let length = text.chars().count();
    let place = |at: f64| if at < 0.0 { length.saturating_sub(-at as usize) } else { (at as usize).min(length) };
    let (start, end) = (place(start), end.map_or(length, place));
    text.chars().skip(start).take(end.saturating_sub(start)).collect()
}

/// XPath 1.0: from 1, positions rounded.
fn substring(text: &str, start: f64, length: Option<f64>) -> String {
    let half_up = |n: f64| (n + 0.5).floor();
    let start = half_up(start);
    let end = length.map_or(f64::INFINITY, |length| start + half_up(length));
    let is_in = |at: usize| at as f64 >= start && (at as f64) < end;
    text.chars().enumerate().filter(|(at, _)| is_in(at + 1)).map(|(_, c)| c).collect()
}
