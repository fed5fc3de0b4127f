//! The rules of Gần Dân, for both sides of the wire: no I/O, no clock, no browser, no SQL.
//!
//! Read in this order: an [`operation`] is one change; [`register`] merges changes of shared fields; a [`record`] is
//! the merged state; [`wire`] is what phone and server say; [`session`] is the phone's half of a sync and [`receive`]
//! the server's; the rest are the records themselves and their rules.

pub mod cbor;
pub mod code;
pub mod encoding;
pub mod id;
pub mod short;
pub mod text;
pub mod time;

pub mod operation;
pub mod pace;
pub mod receive;
pub mod record;
pub mod redaction;
pub mod register;
pub mod sequence;
pub mod session;
pub mod wire;

pub mod access;
pub mod ahead;
pub mod book;
pub mod campaign;
pub mod code_book;
pub mod coverage;
pub mod device;
pub mod eviction;
pub mod form;
pub mod hand_over;
pub mod household;
pub mod incident;
pub mod lock;
pub mod meeting;
pub mod notebook;
pub mod office;
pub mod opinion;
pub mod organization;
pub mod person;
pub mod problem;
pub mod quarantine;
pub mod recovery;
pub mod reimport;
pub mod repair;
pub mod retention;
pub mod roll;
pub mod share;
pub mod source;
pub mod succession;
pub mod team;
pub mod topic;
pub mod twin;
pub mod typing;
pub mod unit;
pub mod verification;
pub mod visit;
