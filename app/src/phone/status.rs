//! What the status line says.

use domain::session::Summary;
use domain::time::Time;

/// The state of the phone as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// The browser believes that there is a network.
    pub online: bool,
    /// The step of the sync that runs now, in this tab or in another.
    pub syncing: Option<SyncStep>,
    /// Acts and anonymous opinions that the server has not acknowledged.
    pub waiting: u32,
    /// Of them, anonymous opinions.
    pub waiting_anonymous: u32,
    /// Acts of which the server keeps something for a person, and what is damaged.
    pub attention: u32,
    /// What was written here, cannot be read any more and may not have been sent.
    pub damaged: u32,
    /// How the last sync ended, if there was one.
    pub last: Option<LastSync>,
    /// The server does not take this phone any more, as last heard.
    pub rejected: bool,
    /// When a sync last ended with everything sent and received.
    pub complete_at: Option<Time>,
    /// The browser promised not to clear this phone's notebook by itself; `None` until it has answered.
    pub kept: Option<bool>,
    /// There is little room left, so that saving may soon fail.
    pub tight: bool,
    /// Whether the app stands on the home screen.
    pub installed: Installed,
    /// Own operations up to this number are in a verified backup of the server; 0 until backups exist.
    pub durable_seq: u64,
    /// Milliseconds by which the server's clock is ahead of this phone's, as last heard. More than ten minutes deserve a warning.
    pub clock_off: i64,
}

/// Whether the app stands on the home screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Installed {
    /// In a browser tab; the browser's own menu can install it.
    #[default]
    Tab,
    /// In a browser tab, and the browser is ready to install it: [`super::Phone::install`] asks.
    Offered,
    /// Runs by itself.
    Home,
}

/// A step of the sync that runs now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyncStep {
    /// The server has not answered yet.
    Connecting,
    /// Operations go out.
    Sending {
        /// Acknowledged in this sync.
        sent: u32,
        /// To be sent in all.
        total: u32,
    },
    /// Records come in.
    Receiving {
        /// Stored in this sync.
        received: u64,
        /// To come in all, as far as the server has said.
        total: u64,
    },
}

/// How a sync ended; with those that went before it without a pause. Counted in acts and anonymous opinions, as all that
/// waits is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastSync {
    /// When, as far as this phone knows the time.
    pub at: Time,
    /// The first one of this notebook that came to its end.
    pub first: bool,
    /// Of which the server now has everything.
    pub sent: u32,
    /// Of them, those of which it keeps something for a person.
    pub refused: u32,
    /// Records that came in.
    pub received: u32,
    /// What the last of them did.
    pub summary: Summary,
}
