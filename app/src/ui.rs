//! The parts that pages are made of. Each is a function from words to a view; none of them knows a record.

pub mod cells;
pub mod count;
pub mod field;
pub mod icon;
pub mod live;
pub mod note;
pub mod row;
pub mod sheet;
pub mod tally;
