//! The server from outside: a real one on a free port, spoken to over HTTP.

mod access;
mod administration;
mod code_book;
mod composed;
mod demo;
mod desk;
mod files;
mod phone;
mod quarantine;
mod recovery;
mod support;
mod tls;
mod twins;
mod typing;
mod units;
mod year;
