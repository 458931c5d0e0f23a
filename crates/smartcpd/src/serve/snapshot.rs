//! What customers' trunks were when the database was last seen, on disk: a node that starts while it is away takes calls by
//! this. Secrets stay sealed in it.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use cpd_store::Uuid;
use cpd_store::objects::Object;
use cpd_store::tenants::Tenant;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a node builds its customers' trunks of.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Snapshot {
    pub(crate) customers: Vec<Customer>,
    pub(crate) objects: Vec<Sealed>,
}

/// A customer that calls.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Customer {
    pub(crate) id: Uuid,
    pub(crate) slug: String,
}

/// An object as the database has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Sealed {
    pub(crate) tenant: Uuid,
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) body: Value,
    pub(crate) secrets: Option<Vec<u8>>,
}

impl Snapshot {
    /// Of what the database has: customers that are suspended call no more.
    pub(crate) fn of(tenants: Vec<Tenant>, objects: Vec<Object>) -> Snapshot {
        let active = tenants.into_iter().filter(|tenant| tenant.active);
        let customers = active.map(|tenant| Customer {
            id: tenant.id,
            slug: tenant.slug,
        });
        let objects = objects.into_iter().map(|object| Sealed {
            tenant: object.tenant_id,
            kind: object.kind,
            name: object.name,
            body: object.body,
            secrets: object.secrets,
        });
        Snapshot {
            customers: customers.collect(),
            objects: objects.collect(),
        }
    }

    /// Reads what an earlier run wrote; nothing where there is none.
    pub(crate) fn read(folder: &Path) -> io::Result<Snapshot> {
        match fs::read(path(folder)) {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes)?),
            Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(Snapshot::default()),
            Err(why) => Err(why),
        }
    }

    /// Writes it, whole or not at all.
    pub(crate) fn write(&self, folder: &Path) -> io::Result<()> {
        let whole = path(folder);
        let part = whole.with_extension("part");
        let mut options = fs::OpenOptions::new();
        let mut out = options
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&part)?;
        out.write_all(&serde_json::to_vec(self)?)?;
        out.sync_all()?;
        fs::rename(&part, &whole)
    }
}

fn path(folder: &Path) -> PathBuf {
    folder.join("trunks.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_is_there_after_a_restart() {
        let folder = std::env::temp_dir().join(format!("smartcpd-snapshot-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("folder");
        assert_eq!(Snapshot::read(&folder).expect("none yet"), Snapshot::default());
        let snapshot = Snapshot {
            customers: vec![Customer {
                id: Uuid::from_u128(7),
                slug: "acme".to_owned(),
            }],
            objects: vec![Sealed {
                tenant: Uuid::from_u128(7),
                kind: "dialer".to_owned(),
                name: "vici".to_owned(),
                body: serde_json::json!({ "addresses": ["192.0.2.1"] }),
                secrets: Some(vec![1, 2, 3]),
            }],
        };
        snapshot.write(&folder).expect("written");
        assert_eq!(Snapshot::read(&folder).expect("read"), snapshot);
        fs::write(folder.join("trunks.json"), b"{").expect("damaged");
        assert!(Snapshot::read(&folder).is_err());
        fs::remove_dir_all(&folder).expect("removed");
    }
}
