//! Everything that the app asks of the browser, but for its database.

pub mod crash;
pub mod device;
pub mod dom;
pub mod history;
pub mod install;
pub mod memo;
pub mod net;
pub mod office;
pub mod random;
pub mod secret;
pub mod support;
pub mod tabs;
pub mod time;
pub mod worker;
