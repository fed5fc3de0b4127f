//! Expressions with their names resolved: `${question}` and paths become nodes of the tree, lists and columns their
//! numbers. Whatever does not exist is found here, before anybody fills in anything.

use super::expression::{Axis, Call, Expr, Operator, Path, Start, parse};
use super::function::{self, Function, nearest};
use super::pattern::Pattern;
use super::problem::Fault;
use super::tree::Tree;

/// An expression that can be evaluated.
#[derive(Clone, Debug)]
pub(super) enum Code {
    Number(f64),
    Text(Box<str>),
    Chain(Box<Code>, Box<[(Operator, Code)]>),
    Negate(Box<Code>),
    Union(Box<[Code]>),
    Call(Function, Box<[Code]>),
    /// `regex()` with a pattern that was read once.
    Matches(Box<Code>, Box<Pattern>),
    Question(Question),
    /// The label of an option of that select.
    ChoiceName(Box<Code>, u32),
    /// List, column wanted, column of the key, the key.
    Pulldata(u32, u32, u32, Box<Code>),
    /// The question, and per repeat which instance.
    Indexed(u32, Box<[(u32, Code)]>),
    Path(Box<PathCode>),
}

/// A question, seen from where the expression stands: go up to the row of scope `common`, and down from there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Question {
    pub node: u32,
    pub common: u32,
}

#[derive(Clone, Debug)]
pub(super) struct PathCode {
    pub start: StartCode,
    pub predicates: Box<[Predicate]>,
    pub steps: Box<[StepCode]>,
}

#[derive(Clone, Debug)]
pub(super) enum StartCode {
    /// The form itself.
    Form,
    /// What a predicate or a filter is asked about; elsewhere the question of the expression.
    Context,
    /// The question of the expression.
    Here,
    Question(Question),
    List(u32),
    Code(Code),
}

#[derive(Clone, Debug)]
pub(super) struct StepCode {
    pub axis: AxisCode,
    pub predicates: Box<[Predicate]>,
}

#[derive(Clone, Debug)]
pub(super) enum AxisCode {
    Itself,
    Parent,
    /// Children in the form: these nodes.
    Form(Box<[u32]>),
    Root,
    Items,
    Field(u32),
    /// A column per language.
    Translated(Box<str>),
    Fields,
}

/// What a node must satisfy to stay in the set.
#[derive(Clone, Debug)]
pub(super) struct Predicate {
    pub code: Code,
    /// A column that must equal something known beforehand, so that an index answers first.
    pub key: Option<(u32, Code)>,
}

/// That an expression reads a node: whoever changes it in a row below one of scope `common` concerns the readers below
/// the same row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Read {
    pub node: u32,
    pub common: u32,
}

/// What kind of nodes a set holds, as far as the form alone tells.
#[derive(Clone, Debug)]
pub(super) enum Shape {
    Value,
    Document,
    Form(Vec<u32>),
    List(u32),
    Root(u32),
    Items(u32),
    Fields,
}

/// Lowers the expressions of one node.
pub(super) struct Lowering<'a> {
    tree: &'a Tree,
    here: u32,
    /// What was read so far.
    pub(super) reads: Vec<Read>,
    /// What was asked for that nothing has, and nothing needs: it is empty, and that is said.
    pub(super) missing: Vec<Fault>,
    /// How many predicates are open: there, `.` is not the question of the expression.
    predicates: usize,
    /// Whether the predicate at hand asks for positions, which an index would change.
    counts: bool,
}

/// How long an expression may be, in bytes. Excel's cells hold 32,767 characters.
const MAX_LENGTH: usize = 131_072;

impl<'a> Lowering<'a> {
    pub(super) fn new(tree: &'a Tree, here: u32) -> Self {
        Self { tree, here, reads: Vec::new(), missing: Vec::new(), predicates: 0, counts: false }
    }

    /// An expression whose context is its own question.
    pub(super) fn lower(&mut self, text: &str) -> Result<Code, Fault> {
        Ok(self.expr(&read(text)?, &Shape::Form(vec![self.here]))?.0)
    }

    /// The filter of a select: its context is an option.
    pub(super) fn filter(&mut self, text: &str, list: u32) -> Result<Predicate, Fault> {
        let expr = read(text)?;
        self.predicate(&expr, &Shape::Items(list))
    }

    /// A question that stands in a text.
    pub(super) fn question(&mut self, name: &str) -> Result<Question, Fault> {
        let node = self.named(name)?;
        let question = Question { node, common: self.common(node) };
        self.reads.push(Read { node, common: question.common });
        Ok(question)
    }

    fn expr(&mut self, expr: &Expr, context: &Shape) -> Result<(Code, Shape), Fault> {
        Ok(match expr {
            Expr::Number(number) => (Code::Number(*number), Shape::Value),
            Expr::Text(text) => (Code::Text(text.as_str().into()), Shape::Value),
            Expr::Negate(inner) => (Code::Negate(Box::new(self.expr(inner, context)?.0)), Shape::Value),
            Expr::Chain(first, rest) => {
                let first = Box::new(self.expr(first, context)?.0);
                let rest = rest.iter().map(|(operator, operand)| Ok((*operator, self.expr(operand, context)?.0)));
                (Code::Chain(first, rest.collect::<Result<_, Fault>>()?), Shape::Value)
            }
            Expr::Union(parts) => {
                let mut nodes = Vec::new();
                let mut codes = Vec::new();
                for part in parts {
                    let (code, shape) = self.expr(part, context)?;
                    match shape {
                        Shape::Form(more) => nodes.extend(more),
                        _ => return Err(Fault::Syntax { at: 1, found: "|".to_owned() }),
                    }
                    codes.push(code);
                }
                (Code::Union(codes.into()), Shape::Form(nodes))
            }
            Expr::Call(call) => self.call(call, context)?,
            Expr::Path(path) => self.path(path, context)?,
        })
    }

    fn path(&mut self, path: &Path, context: &Shape) -> Result<(Code, Shape), Fault> {
        // How far up the path goes decides whom a change concerns; from within a predicate it may be anybody.
        let own = if self.predicates == 0 { self.tree.node(self.here).scope } else { 0 };
        let (start, mut shape, mut common) = match &path.start {
            Start::Root => (StartCode::Form, Shape::Document, 0),
            Start::Context => (StartCode::Context, context.clone(), own),
            Start::Question(name, _) => {
                let node = self.named(name)?;
                let common = self.common(node);
                (StartCode::Question(Question { node, common }), Shape::Form(vec![node]), common)
            }
            Start::Expr(inner) => match inner.as_ref() {
                Expr::Call(call) if call.name == "current" && call.arguments.is_empty() => {
                    (StartCode::Here, Shape::Form(vec![self.here]), self.tree.node(self.here).scope)
                }
                Expr::Call(call) if call.name == "instance" => {
                    let list = self.instance(call)?;
                    (StartCode::List(list), Shape::List(list), 0)
                }
                inner => {
                    let (code, shape) = self.expr(inner, context)?;
                    (StartCode::Code(code), shape, 0)
                }
            },
        };
        if matches!(shape, Shape::Value) {
            return Err(Fault::NotNodes { at: path.steps.first().map_or(1, |step| step.at) });
        }
        let predicates = self.all(&path.predicates, &shape)?;
        let mut steps = Vec::new();
        for step in &path.steps {
            let (axis, next) = self.step(&step.axis, &shape, step.at)?;
            if let (AxisCode::Parent, Shape::Form(nodes)) = (&axis, &next) {
                for node in nodes {
                    common = self.tree.lowest_common(common, self.tree.node(*node).scope);
                }
            }
            shape = next;
            let predicates = self.all(&step.predicates, &shape)?;
            // `/data`: the form is where the path starts already.
            if !(matches!(path.start, Start::Root) && steps.is_empty() && matches!(axis, AxisCode::Itself) && predicates.is_empty()) {
                steps.push(StepCode { axis, predicates });
            }
        }
        if matches!(shape, Shape::Document) {
            shape = Shape::Form(vec![0]);
        }
        if let Shape::Form(nodes) = &shape {
            for &node in nodes {
                let common = if self.tree.is_repeat(node) { self.tree.lowest_common(common, self.tree.outer_scope(node)) } else { common };
                self.reads.push(Read { node, common });
            }
        }
        Ok((
            match start {
                StartCode::Question(question) if predicates.is_empty() && steps.is_empty() => Code::Question(question),
                start => Code::Path(Box::new(PathCode { start, predicates, steps: steps.into() })),
            },
            shape,
        ))
    }

    fn step(&mut self, axis: &Axis, shape: &Shape, at: usize) -> Result<(AxisCode, Shape), Fault> {
        let unknown = |name: &str| Fault::UnknownPath { at, name: name.to_owned() };
        Ok(match (axis, shape) {
            (Axis::Itself, shape) => (AxisCode::Itself, shape.clone()),
            (Axis::Parent, Shape::Form(nodes)) => {
                let mut parents: Vec<u32> = nodes.iter().filter(|node| **node != 0).map(|node| self.tree.node(*node).parent).collect();
                parents.dedup();
                if parents.is_empty() {
                    return Err(unknown(".."));
                }
                (AxisCode::Parent, Shape::Form(parents))
            }
            (Axis::Parent, Shape::Items(list)) => (AxisCode::Parent, Shape::Root(*list)),
            (Axis::Child(name), Shape::Document) => {
                if name != "data" && *name != self.tree.form().settings.id {
                    return Err(unknown(name));
                }
                (AxisCode::Itself, Shape::Form(vec![0]))
            }
            (Axis::Child(name), Shape::Form(nodes)) => {
                let children: Vec<u32> = nodes
                    .iter()
                    .flat_map(|node| &self.tree.node(*node).children)
                    .filter(|child| self.tree.name(**child) == name)
                    .copied()
                    .collect();
                // A question holds nothing, so a bare word beside it is no slip in a path: forms of the world write `null` so.
                if children.is_empty() && nodes[..] == [self.here] && !self.tree.kind(self.here).holds_items() {
                    self.missing.push(Fault::NothingThere { at, name: name.clone() });
                } else if children.is_empty() {
                    return Err(unknown(name));
                }
                (AxisCode::Form(children.clone().into()), Shape::Form(children))
            }
            (Axis::Children, Shape::Form(nodes)) => {
                let children: Vec<u32> = nodes.iter().flat_map(|node| &self.tree.node(*node).children).copied().collect();
                (AxisCode::Form(children.clone().into()), Shape::Form(children))
            }
            (Axis::Child(name), Shape::List(list)) if name == "root" => (AxisCode::Root, Shape::Root(*list)),
            (Axis::Child(name), Shape::Root(list)) if name == "item" => (AxisCode::Items, Shape::Items(*list)),
            (Axis::Child(name), Shape::Items(list)) => (self.column(*list, name).ok_or_else(|| unknown(name))?, Shape::Fields),
            (Axis::Children, Shape::List(list)) => (AxisCode::Root, Shape::Root(*list)),
            (Axis::Children, Shape::Root(list)) => (AxisCode::Items, Shape::Items(*list)),
            (Axis::Children, Shape::Items(_)) => (AxisCode::Fields, Shape::Fields),
            (Axis::Child(name), _) => return Err(unknown(name)),
            (Axis::Parent, _) => return Err(unknown("..")),
            (Axis::Children, _) => return Err(unknown("*")),
        })
    }

    fn column(&self, list: u32, name: &str) -> Option<AxisCode> {
        let table = self.tree.table(list);
        table.column(name).map(AxisCode::Field).or_else(|| {
            let start = format!("{name}::");
            table.columns().iter().any(|column| column.starts_with(&start)).then(|| AxisCode::Translated(name.into()))
        })
    }

    fn all(&mut self, predicates: &[Expr], shape: &Shape) -> Result<Box<[Predicate]>, Fault> {
        predicates.iter().map(|predicate| self.predicate(predicate, shape)).collect()
    }

    fn predicate(&mut self, expr: &Expr, shape: &Shape) -> Result<Predicate, Fault> {
        self.predicates += 1;
        let counted = std::mem::take(&mut self.counts);
        let (code, value) = self.expr(expr, shape)?;
        self.predicates -= 1;
        let key =
            if self.counts || !matches!(value, Shape::Value) { None } else { key(&code).filter(|_| matches!(shape, Shape::Items(_))) };
        self.counts = counted;
        Ok(Predicate { code, key })
    }

    fn call(&mut self, call: &Call, context: &Shape) -> Result<(Code, Shape), Fault> {
        let Call { name, arguments, at } = call;
        let at = *at;
        let Some(entry) = function::find(name) else {
            let like = nearest(name, function::FUNCTIONS.iter().filter(|entry| entry.function.is_some()).map(|entry| entry.name));
            return Err(Fault::UnknownFunction { at, name: name.clone(), like });
        };
        let Some(function) = entry.function else { return Err(Fault::RefusedFunction { at, name: name.clone() }) };
        let fits = (entry.least..=entry.most).contains(&arguments.len())
            && match function {
                Function::IndexedRepeat => arguments.len() % 2 == 1,
                Function::WeightedChecklist => arguments.len().is_multiple_of(2),
                _ => true,
            };
        if !fits {
            return Err(Fault::Arguments { at, name: name.clone(), least: entry.least, most: entry.most });
        }
        let not_text = || Fault::NotText { at, name: name.clone() };
        let literal = |at: usize| match arguments.get(at) {
            Some(Expr::Text(text)) => Ok(text.as_str()),
            _ => Err(not_text()),
        };
        match function {
            Function::Current => {
                let own = Path { start: Start::Expr(Box::new(Expr::Call(call.clone()))), predicates: Vec::new(), steps: Vec::new() };
                return self.path(&own, context);
            }
            Function::Instance => {
                let list = self.instance(call)?;
                let code = PathCode { start: StartCode::List(list), predicates: Box::default(), steps: Box::default() };
                return Ok((Code::Path(Box::new(code)), Shape::List(list)));
            }
            Function::IndexedRepeat => return self.indexed(arguments, context, at),
            Function::ChoiceName => {
                let value = self.argument(arguments, 0, context)?;
                let question = parse(literal(1)?)?;
                let is_select = |node: u32| self.tree.list(node).is_some();
                let (_, shape) = Self::new(self.tree, self.here).expr(&question, &Shape::Form(vec![self.here]))?;
                return match shape {
                    Shape::Form(nodes) => match nodes.as_slice() {
                        [node] if is_select(*node) => Ok((Code::ChoiceName(Box::new(value), *node), Shape::Value)),
                        _ => Err(not_text()),
                    },
                    _ => Err(not_text()),
                };
            }
            Function::Pulldata => {
                let list = self.list(literal(0)?)?;
                let column = |name: &str| {
                    let missing = || Fault::NoColumnInFile { file: self.tree.list_name(list).to_owned(), column: name.to_owned() };
                    self.tree.table(list).column(name).ok_or_else(missing)
                };
                let (wanted, key) = (column(literal(1)?)?, column(literal(2)?)?);
                return Ok((Code::Pulldata(list, wanted, key, Box::new(self.argument(arguments, 3, context)?)), Shape::Value));
            }
            Function::Regex => {
                if let Ok(pattern) = literal(1) {
                    let read = Pattern::new(pattern).ok_or_else(|| Fault::BadPattern { pattern: pattern.to_owned() })?;
                    return Ok((Code::Matches(Box::new(self.argument(arguments, 0, context)?), Box::new(read)), Shape::Value));
                }
            }
            Function::Position | Function::Last if arguments.is_empty() => {
                self.counts = true;
                if self.predicates == 0 {
                    return Err(Fault::OutsidePredicate { at, name: name.clone() });
                }
            }
            _ => {}
        }
        let mut codes = Vec::with_capacity(arguments.len());
        let mut first = Shape::Value;
        for (n, argument) in arguments.iter().enumerate() {
            let (code, shape) = self.expr(argument, context)?;
            if n == 0 {
                first = shape;
            }
            codes.push(code);
        }
        let wants_nodes = matches!(function, Function::Count | Function::CountNonEmpty | Function::Sum | Function::Randomize)
            || (function == Function::Position && !codes.is_empty());
        if wants_nodes && matches!(first, Shape::Value) {
            return Err(Fault::NotNodes { at });
        }
        let shape = if function == Function::Randomize { first } else { Shape::Value };
        Ok((Code::Call(function, codes.into()), shape))
    }

    fn argument(&mut self, arguments: &[Expr], at: usize, context: &Shape) -> Result<Code, Fault> {
        match arguments.get(at) {
            Some(argument) => Ok(self.expr(argument, context)?.0),
            None => Err(Fault::Unfinished { at: 1 }),
        }
    }

    /// `indexed-repeat(question, repeat, index, …)`: questions there are all of that name, wherever the expression stands.
    fn indexed(&mut self, arguments: &[Expr], context: &Shape, at: usize) -> Result<(Code, Shape), Fault> {
        let single = |this: &mut Self, argument: &Expr| -> Result<u32, Fault> {
            let before = this.reads.len();
            let shape = this.expr(argument, context)?.1;
            this.reads.truncate(before);
            match shape {
                Shape::Form(nodes) => match nodes.as_slice() {
                    [node] => Ok(*node),
                    _ => Err(Fault::NotNodes { at }),
                },
                _ => Err(Fault::NotNodes { at }),
            }
        };
        let mut rest = arguments.iter();
        let Some(target) = rest.next() else { return Err(Fault::NotNodes { at }) };
        let target = single(self, target)?;
        let mut pairs = Vec::new();
        while let (Some(repeat), Some(index)) = (rest.next(), rest.next()) {
            let repeat = single(self, repeat)?;
            if !self.tree.is_repeat(repeat) || !self.tree.is_within(target, repeat) {
                return Err(Fault::NotNodes { at });
            }
            pairs.push((repeat, self.expr(index, context)?.0));
        }
        self.reads.push(Read { node: target, common: 0 });
        Ok((Code::Indexed(target, pairs.into()), Shape::Form(vec![target])))
    }

    fn instance(&self, call: &Call) -> Result<u32, Fault> {
        match call.arguments.as_slice() {
            [Expr::Text(name)] => self.list(name),
            _ => Err(Fault::NotText { at: call.at, name: call.name.clone() }),
        }
    }

    fn list(&self, name: &str) -> Result<u32, Fault> {
        self.tree
            .list_named(name)
            .ok_or_else(|| Fault::UnknownInstance { name: name.to_owned(), like: nearest(name, self.tree.list_names()) })
    }

    fn named(&self, name: &str) -> Result<u32, Fault> {
        if let Some(earlier) = name.strip_prefix("last-saved#") {
            return Err(Fault::LastSaved { name: earlier.to_owned() });
        }
        match self.tree.named(name) {
            [node] => Ok(*node),
            [] => Err(Fault::UnknownQuestion { name: name.to_owned(), like: nearest(name, self.tree.names()) }),
            _ => Err(Fault::AmbiguousQuestion { name: name.to_owned() }),
        }
    }

    /// The innermost repeat that both the expression and a node are in. Of a repeat, all instances are meant.
    fn common(&self, node: u32) -> u32 {
        let scope = if self.tree.is_repeat(node) { self.tree.outer_scope(node) } else { self.tree.node(node).scope };
        self.tree.lowest_common(self.tree.node(self.here).scope, scope)
    }
}

fn read(text: &str) -> Result<Expr, Fault> {
    if text.len() > MAX_LENGTH {
        return Err(Fault::CellTooLong { most: MAX_LENGTH as u32 });
    }
    match text.trim() {
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" => parse("true()"),
        "no" | "No" | "NO" | "false" | "False" | "FALSE" => parse("false()"),
        text => parse(text),
    }
}

/// A column that the predicate, or the first parts of it that must hold together, compares with what is known beforehand.
fn key(code: &Code) -> Option<(u32, Code)> {
    let Code::Chain(first, rest) = code else { return None };
    match rest.as_ref() {
        [(Operator::Equal, other)] => match (field(first), field(other)) {
            (Some(column), None) if is_fixed(other) => Some((column, other.clone())),
            (None, Some(column)) if is_fixed(first) => Some((column, (**first).clone())),
            _ => None,
        },
        _ if rest.iter().all(|(operator, _)| *operator == Operator::And) => {
            key(first).or_else(|| rest.iter().find_map(|(_, operand)| key(operand)))
        }
        _ => None,
    }
}

/// The column of the option at hand, if that is all.
fn field(code: &Code) -> Option<u32> {
    let Code::Path(path) = code else { return None };
    match (&path.start, path.steps.as_ref()) {
        (StartCode::Context, [StepCode { axis: AxisCode::Field(column), predicates }])
            if predicates.is_empty() && path.predicates.is_empty() =>
        {
            Some(*column)
        }
        _ => None,
    }
}

/// Whether it is the same for every option. Only the plainest are recognised: texts and questions.
fn is_fixed(code: &Code) -> bool {
    match code {
        Code::Text(_) | Code::Question(_) => true,
        Code::Path(path) => {
            matches!(path.start, StartCode::Here | StartCode::Form | StartCode::Question(_))
                && path.steps.iter().all(|step| step.predicates.is_empty())
                && path.predicates.is_empty()
        }
        Code::Call(Function::Coalesce | Function::Concat | Function::String | Function::NormalizeSpace, arguments) => {
            !arguments.is_empty() && arguments.iter().all(is_fixed)
        }
        _ => false,
    }
}
