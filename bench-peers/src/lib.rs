//! Speed beside other SIP stacks: see `benches/`.
