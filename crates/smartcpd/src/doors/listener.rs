//! The socket of AudioSocket. The protocol has no password: a customer is known by the network that its Asterisk is in, and
//! who is in none of them is cut off without a word.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use cpd_detect::Class;
use cpd_sip::admission::Network;
use cpd_store::{Uuid, tenants};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

use super::audiosocket::{Frame, Frames, HANG_UP};
use super::stream::{About, Open};
use super::streams::{Door, Ending};
use super::wishes::Wishes;
use crate::api::app::App;

/// How long a connection may take to say which call it is.
const NAMED: Duration = Duration::from_secs(5);
/// How long nothing may come: Asterisk gives up a call without sound after two seconds by itself.
const SILENCE: Duration = Duration::from_secs(15);
/// How long the end may take to go out.
const PATIENCE: Duration = Duration::from_secs(2);
/// Connections at once, with those that have said nothing yet.
const CONNECTIONS_MAX: usize = 4_096;
/// How long to wait where no connection can be taken: there are no more files.
const BREATH: Duration = Duration::from_millis(100);
/// Bytes that are read at once: a quarter of a second.
const READ: usize = 4_096;

/// `[doors]`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Doors {
    /// Where AudioSocket is; none: nowhere.
    pub(crate) audiosocket: Option<SocketAddr>,
    /// Networks, and the short names of the customers whose Asterisks are in them.
    pub(crate) networks: Vec<(Network, String)>,
    /// The call is answered when its stream begins.
    pub(crate) answered: bool,
    /// The customer's profile that is heard with.
    pub(crate) profile: Option<String>,
    /// Classes that end the stream.
    pub(crate) hangup_on: Vec<Class>,
}

impl Doors {
    /// Whose an address is; the narrowest network says it.
    pub(crate) fn owner(&self, address: IpAddr) -> Option<&str> {
        let address = address.to_canonical();
        let found = self.networks.iter().filter(|(own, _)| own.contains(address));
        found
            .max_by_key(|(own, _)| own.prefix())
            .map(|(_, owner)| owner.as_str())
    }

    fn wishes(&self) -> Wishes {
        Wishes {
            answered: self.answered,
            profile: self.profile.clone(),
            hangup_on: self.hangup_on.clone(),
            ..Wishes::default()
        }
    }
}

/// Takes connections for ever.
pub(crate) async fn serve(listener: TcpListener, app: Arc<App>, doors: Doors) {
    let (doors, places) = (Arc::new(doors), Arc::new(Semaphore::new(CONNECTIONS_MAX)));
    loop {
        let Ok((socket, peer)) = listener.accept().await else {
            sleep(BREATH).await;
            continue;
        };
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
            continue;
        };
        if doors.owner(peer.ip()).is_none() {
            continue;
        }
        let (app, doors) = (Arc::clone(&app), Arc::clone(&doors));
        tokio::spawn(async move {
            let _place = place;
            if let Some(owner) = doors.owner(peer.ip()) {
                talk(socket, &app, owner, &doors.wishes()).await;
            }
        });
    }
}

/// One connection, from its beginning to its end.
async fn talk(mut socket: TcpStream, app: &Arc<App>, owner: &str, wishes: &Wishes) {
    let mut frames = Frames::default();
    let named = timeout(NAMED, name(&mut socket, &mut frames)).await;
    let Ok(Some(id)) = named else {
        return;
    };
    let opened = match tenant(app, owner).await {
        Some(tenant) => {
            let about = About {
                tenant,
                id,
                door: Door::AudioSocket,
                stream_sid: None,
                call_sid: None,
            };
            Open::begin(app, about, wishes).await.ok()
        }
        None => None,
    };
    // Without a listener the call goes on in its dialplan, where no verdict is an answer too.
    let by = match opened {
        Some(mut open) => {
            let by = hear(&mut socket, &mut frames, &mut open).await;
            open.end(by);
            Some(by)
        }
        None => None,
    };
    if !matches!(by, Some(Ending::Stopped | Ending::Gone)) {
        // It may have left.
        let _ = timeout(PATIENCE, socket.write_all(&HANG_UP)).await;
        let _ = timeout(PATIENCE, socket.shutdown()).await;
    }
}

/// Whose calls they are.
async fn tenant(app: &App, owner: &str) -> Option<Uuid> {
    let tx = app.service(false).await.ok()?;
    let all = tenants::list(&tx).await.ok()?;
    let found = all
        .into_iter()
        .find(|tenant| tenant.slug == owner && tenant.active);
    found.map(|tenant| tenant.id)
}

/// Which call it is; none: it says something else.
async fn name(socket: &mut TcpStream, frames: &mut Frames) -> Option<Uuid> {
    loop {
        match frames.poll() {
            Ok(Some(Frame::Uuid(bytes))) => return Some(Uuid::from_bytes(bytes)),
            Ok(None) => read(socket, frames).await?,
            Ok(Some(_)) | Err(_) => return None,
        }
    }
}

async fn hear(socket: &mut TcpStream, frames: &mut Frames, open: &mut Open) -> Ending {
    loop {
        let frame = match frames.poll() {
            Ok(Some(frame)) => frame,
            Ok(None) => match timeout(SILENCE, read(socket, frames)).await {
                Ok(Some(())) => continue,
                Ok(None) => return Ending::Gone,
                Err(_) => return Ending::Silence,
            },
            Err(_) => return Ending::Fault,
        };
        match frame {
            Frame::Sound(samples) => open.session().push(&samples),
            Frame::Digit(digit) => open.digit(digit),
            Frame::HangUp => return Ending::Stopped,
            // A call has one name.
            Frame::Fault(_) | Frame::Uuid(_) => return Ending::Fault,
        }
        open.tell();
        if let Some(by) = open.ends() {
            return by;
        }
    }
}

async fn read(socket: &mut TcpStream, frames: &mut Frames) -> Option<()> {
    let mut bytes = [0; READ];
    match socket.read(&mut bytes).await {
        Ok(0) | Err(_) => None,
        Ok(length) => {
            frames.push(&bytes[..length]);
            Some(())
        }
    }
}
