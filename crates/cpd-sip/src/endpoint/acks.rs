//! ACK to a 2xx and PRACK to a reliable provisional response.

use super::compose::{SDP, describes};
use super::{DialogId, Endpoint, UserError, Why};
use crate::message::{Method, Name};
use crate::slab::Key;
use std::time::Instant;

impl Endpoint {
    /// Answers the offer of a reliable provisional response.
    pub fn prack(
        &mut self,
        now: Instant,
        dialog: DialogId,
        content_type: &str,
        body: &[u8],
    ) -> Result<(), UserError> {
        let entry = self.dialogs.get(dialog.0).ok_or(UserError::Gone)?;
        if entry.prack_wanted.is_none() {
            return Err(UserError::WrongStage);
        }
        self.send_prack(now, dialog.0, Some((content_type, body)));
        Ok(())
    }

    pub(super) fn send_prack(&mut self, now: Instant, key: Key, body: Option<(&str, &[u8])>) {
        let Some(dialog) = self.dialogs.get_mut(key) else {
            return;
        };
        let Some((rseq, invite_cseq)) = dialog.prack_wanted.take() else {
            return;
        };
        dialog.local_cseq += 1;
        let mut request = dialog.request(Method::Prack, dialog.local_cseq);
        request.push_fmt(Name::RACK, format_args!("{rseq} {invite_cseq} INVITE"));
        if let Some((content_type, body)) = body {
            request.set_body(content_type, body);
        }
        dialog.offer.request_sent(describes(&request));
        if let Some(sdp) = request.part(SDP) {
            dialog.described = Some(sdp.into());
        }
        self.start_within(now, key, request, Why::Prack);
    }

    /// Answers the offer of a 2xx: with it the dialog can begin.
    pub fn ack(
        &mut self,
        now: Instant,
        dialog: DialogId,
        content_type: &str,
        body: &[u8],
    ) -> Result<(), UserError> {
        let entry = self.dialogs.get(dialog.0).ok_or(UserError::Gone)?;
        if entry.ack_wanted.is_none() {
            return Err(UserError::WrongStage);
        }
        self.send_ack(now, dialog.0, Some((content_type, body)));
        Ok(())
    }

    pub(super) fn send_ack(&mut self, now: Instant, key: Key, body: Option<(&str, &[u8])>) {
        let Some(dialog) = self.dialogs.get_mut(key) else {
            return;
        };
        let Some((client, cseq, _)) = dialog.ack_wanted.take() else {
            return;
        };
        let mut ack = dialog.request(Method::Ack, cseq);
        if let Some((content_type, body)) = body {
            ack.set_body(content_type, body);
        }
        if let Some(sdp) = ack.part(SDP) {
            dialog.described = Some(sdp.into());
        }
        dialog.offer.request_sent(describes(&ack));
        let flow = dialog.next_flow();
        let tag = dialog.remote_tag.clone();
        if dialog.credentials.is_some()
            && let Some(invite) = self.sent(client)
        {
            // The INVITE's own: an ACK cannot be challenged (RFC 3261, 22.1).
            ack.copy(&invite, Name::AUTHORIZATION);
            ack.copy(&invite, Name::PROXY_AUTHORIZATION);
        }
        let transmit = self.ack_packet(flow, ack);
        self.transmits.push_back(transmit.clone());
        if let Some(entry) = self.clients.get_mut(client) {
            entry.acks.push((tag, transmit));
        }
        self.settle_dialog(now, key);
    }
}
