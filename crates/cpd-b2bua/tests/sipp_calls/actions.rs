//! What is heard ends calls: refused before the answer, held, hung up on.

use cpd_call::Party;
use cpd_detect::Class;

use crate::house::{Setup, run, sipp_is_here};
use crate::{answers_and_plays, ended_by, heard, holding, plays_early};

#[tokio::test]
async fn what_is_heard_ends_calls() {
    if !sipp_is_here() {
        return;
    }
    let early = run(
        "busy-rejected",
        Setup::default(),
        "> INVITE | +sdp
         <? 100
         < 183
         < 486 | Reason: Q.850;cause=17
         > ACK refusal",
        plays_early("busy"),
    );
    let cut = run(
        "machine-cut",
        Setup::default(),
        "> INVITE | +sdp
         <? 100
         < 180
         < 200
         > ACK
         < BYE | Reason: Q.850;cause=31
         > ok",
        answers_and_plays("machine"),
    );
    let person = run(
        "person-held",
        holding(Setup::default(), 4_000),
        "> INVITE | +sdp
         <? 100
         < 180
         < 183 | body: m=audio
         < 200 | body: m=audio
         > ACK
         pause 100
         > BYE
         < 200",
        answers_and_plays("person"),
    );
    let machine = run(
        "machine-held",
        holding(Setup::default(), 5_000),
        "> INVITE | +sdp
         <? 100
         < 180
         < 183 | body: m=audio
         < 480 | Reason: Q.850;cause=31
         > ACK refusal",
        answers_and_plays("beep"),
    );
    let (early, cut, person, machine) = tokio::join!(early, cut, person, machine);
    ended_by(&early, Party::Service, Some(486));
    heard(&early, Class::Busy);
    ended_by(&cut, Party::Service, None);
    heard(&cut, Class::Machine);
    ended_by(&person, Party::Caller, None);
    heard(&person, Class::Human);
    for report in &person {
        assert!(
            report.record.held_ms > 500 && !report.record.hold_expired,
            "{report:#?}"
        );
    }
    ended_by(&machine, Party::Service, Some(480));
    heard(&machine, Class::Machine);
}
