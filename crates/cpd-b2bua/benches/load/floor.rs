//! The least that a relay in user space can do: two connected sockets a call, one epoll, a packet received is a packet
//! sent. No statistics, no check of who sends, no RTCP, nobody listens.

use std::error::Error;
use std::fmt::Write;
use std::net::{Ipv4Addr, UdpSocket};
use std::path::Path;

use rustix::event::epoll;

/// Where the peers are: 64 calls share two of their sockets, as `examples/relay` has it.
pub(crate) const PEERS: u16 = 15_000;
const SHARE: u16 = 64;

/// Carries packets until it is killed.
pub(crate) fn run(calls: u16, ports: &Path) -> Result<(), Box<dyn Error>> {
    let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
    let mut sockets = Vec::new();
    let mut text = String::new();
    for call in 0..calls {
        let first = PEERS + call / SHARE * 4;
        for peer in [first, first + 2] {
            let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
            socket.connect((Ipv4Addr::LOCALHOST, peer))?;
            socket.set_nonblocking(true)?;
            let data = epoll::EventData::new_u64(sockets.len() as u64);
            epoll::add(&epoll, &socket, data, epoll::EventFlags::IN)?;
            write!(text, "127.0.0.1:{peer} {} ", socket.local_addr()?)?;
            sockets.push(socket);
        }
        text.push('\n');
    }
    std::fs::write(ports, text)?;
    let mut ready: Vec<epoll::Event> = Vec::with_capacity(256);
    let mut packet = [0; 2_048];
    loop {
        ready.clear();
        epoll::wait(&epoll, rustix::buffer::spare_capacity(&mut ready), None)?;
        for event in &ready {
            let data = event.data;
            let at = data.u64() as usize;
            while let Ok(length) = sockets[at].recv(&mut packet) {
                // A peer that is not there is nobody's concern here.
                let _ = sockets[at ^ 1].send(&packet[..length]);
            }
        }
    }
}
