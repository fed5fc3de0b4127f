//! Surveys: forms as the world writes them (XLSForm), filled in offline.
//!
//! Read in this order: a [`definition`] is a form as data, [`import`] makes one of a workbook and [`export`] a workbook of
//! one; a [`plan`] is a form made ready, and a [`session`] one that is being filled in. See `docs/SURVEYS.md`.

pub mod answer;
pub mod answers;
pub mod appearance;
pub mod column;
pub mod definition;
pub mod export;
pub mod function;
pub mod import;
pub mod kind;
pub mod list;
pub mod plan;
pub mod problem;
pub mod session;
pub mod value;
pub mod workbook;

mod evaluate;
mod expression;
mod lower;
mod moment;
mod pattern;
mod shuffle;
mod tree;
