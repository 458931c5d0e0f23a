//! Passwords: argon2id as OWASP advises it (19 MiB, 2 passes), and what a new one must be like (NIST SP 800-63B: length,
//! and not the name itself; no rules about kinds of characters).

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};

use super::app::App;
use super::problem::{Kind, Problem};

/// The shortest password.
const LENGTH_MIN: usize = 12;
/// The longest, bytes: what is hashed is bounded.
const LENGTH_MAX: usize = 256;

/// What a hash of nobody's password is compared with, so that an unknown address takes as long as a known one.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c21hcnRjcGQtbm9ib2R5$9ZpiaPbTwrM0XhLrP1Jr1o2MTvTKxRLGVn0sBO0vwSw";

/// Refuses a password that is too easy.
pub(crate) fn check(pointer: &str, password: &str, email: &str) -> Result<(), Problem> {
    let name = email.split('@').next().unwrap_or(email).to_lowercase();
    let lower = password.to_lowercase();
    let few = {
        let mut kinds: Vec<char> = lower.chars().collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds.len() < 5
    };
    let why = if password.chars().count() < LENGTH_MIN {
        format!("a password has at least {LENGTH_MIN} characters; several words are easy to remember")
    } else if password.len() > LENGTH_MAX {
        format!("a password has at most {LENGTH_MAX} bytes")
    } else if few || (name.len() > 3 && lower.contains(&name)) {
        "this password is easily guessed; take several words that have nothing to do with you".to_owned()
    } else {
        return Ok(());
    };
    Err(Problem::wrong(pointer, why))
}

/// Hashes a password, which takes some 30 ms and 19 MiB.
pub(crate) fn hash_now(password: &str) -> Result<String, String> {
    let hashed = Argon2::default().hash_password(password.as_bytes());
    hashed
        .map(|hash| hash.to_string())
        .map_err(|why| format!("hash a password: {why}"))
}

/// Hashes a password, beside the requests of others.
pub(crate) async fn hash(app: &App, password: &str) -> Result<String, Problem> {
    let password = password.to_owned();
    hashing(app, move || hash_now(&password))
        .await?
        .map_err(|why| Problem::new(Kind::Fault, why))
}

/// Whether a password is the one of a hash; without a hash it is none, after the same time.
pub(crate) async fn verify(app: &App, password: &str, hash: Option<&str>) -> Result<bool, Problem> {
    if password.len() > LENGTH_MAX {
        return Ok(false);
    }
    let (password, known) = (password.to_owned(), hash.is_some());
    let hash = hash.unwrap_or(NOBODY).to_owned();
    let right = hashing(app, move || {
        PasswordHash::new(&hash).is_ok_and(|hash| {
            Argon2::default()
                .verify_password(password.as_bytes(), &hash)
                .is_ok()
        })
    })
    .await?;
    Ok(right && known)
}

async fn hashing<T: Send + 'static>(
    app: &App,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    let fault = |why: String| Problem::new(Kind::Fault, format!("hash a password: {why}"));
    let place = app
        .hashing
        .acquire()
        .await
        .map_err(|why| fault(why.to_string()))?;
    let done = tokio::task::spawn_blocking(work).await;
    drop(place);
    done.map_err(|why| fault(why.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Else an unknown address would be told by how fast it is refused.
    #[test]
    fn nobodys_hash_costs_what_everybodys_does() {
        let costs = |text: &str| {
            PasswordHash::new(text).map(|hash| (hash.algorithm.to_string(), hash.params.to_string()))
        };
        let own = hash_now("correct horse battery").expect("hashed");
        assert_eq!(costs(NOBODY), costs(&own));
        assert!(costs(NOBODY).is_ok());
    }

    #[test]
    fn a_password_is_long_and_not_the_name() {
        let ok = |password| check("/password", password, "olga@example.com").is_ok();
        assert!(ok("correct horse battery"));
        assert!(ok("длинный пароль из слов"));
        assert!(!ok("short"));
        assert!(!ok("aaaaaaaaaaaaaaaa"));
        assert!(!ok("olga12345678"));
        assert!(!ok(&"x1y2z3".repeat(50)));
    }
}
