//! Files of messages. Pictures are drawn anew, so that nothing but the picture is left of them; everything else is given
//! back as a file to save and never shown.

use std::io::Cursor;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cpd_store::Uuid;
use cpd_store::desk::files::{self, File};
use cpd_store::desk::messages;
use image::{ImageFormat, ImageReader, Limits};
use serde::Deserialize;
use utoipa::IntoParams;

use super::super::app::App;
use super::super::caller::Caller;
use super::super::extract::{Asked, At};
use super::super::problem::{Kind, Problem};
use super::requests::FileTold;
use super::seat;

/// The largest file, bytes: a log of a day, a screenshot of three screens.
pub(crate) const FILE_MAX: usize = 10 << 20;
/// The largest side of a picture, pixels.
const SIDE_MAX: u32 = 12_000;
/// Memory that a picture takes while it is drawn anew, bytes: 40 million pixels.
const MEMORY_MAX: u64 = 160 << 20;
/// The longest name, characters.
const NAME_MAX: usize = 120;

/// What a file is called.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Named {
    name: String,
}

/// Sends a file up, to be put into a message
#[utoipa::path(post, path = "/desk/files", operation_id = "desk_files_add", tag = "desk", params(Named), request_body(content = Vec<u8>, content_type = "application/octet-stream"), responses((status = 201, body = FileTold), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn add(
    State(app): State<Arc<App>>,
    caller: Caller,
    Asked(named): Asked<Named>,
    bytes: Bytes,
) -> Result<(StatusCode, Json<FileTold>), Problem> {
    caller.may(super::super::permission::Permission::RequestsWrite)?;
    if bytes.is_empty() {
        return Err(Problem::wrong("", "the file is empty"));
    }
    let name = tidy(&named.name);
    let drawn = tokio::task::spawn_blocking(move || draw(&bytes).map(|picture| (picture, bytes))).await;
    let (picture, bytes) = drawn.map_err(|why| Problem::new(Kind::Fault, why.to_string()))??;
    let (kind, data, size) = match picture {
        Some(Picture {
            kind,
            data,
            width,
            height,
        }) => (kind, data, Some((width, height))),
        None => (guess(&bytes), bytes.to_vec(), None),
    };
    let tx = caller.write(&app).await?;
    let file = File {
        id: Uuid::now_v7(),
        tenant_id: caller.tenant,
        request_id: None,
        message_id: None,
        by: caller.id(),
        name,
        kind: kind.to_owned(),
        size: i32::try_from(data.len()).unwrap_or(i32::MAX),
        width: size.and_then(|(width, _)| i32::try_from(width).ok()),
        height: size.and_then(|(_, height)| i32::try_from(height).ok()),
        data,
        created_ms: app.now(),
    };
    let file = files::add(&tx, file).await?;
    tx.commit().await?;
    let told = FileTold {
        id: file.id,
        name: file.name,
        kind: file.kind,
        size: file.size,
        width: file.width,
        height: file.height,
    };
    Ok((StatusCode::CREATED, Json(told)))
}

/// A file's bytes
#[utoipa::path(get, path = "/desk/files/{id}", operation_id = "desk_files_find", tag = "desk", params(("id" = Uuid, Path)), responses((status = 200, content_type = "application/octet-stream"), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn find(
    State(app): State<Arc<App>>,
    caller: Caller,
    At(id): At<Uuid>,
) -> Result<Response, Problem> {
    let (tx, seat) = seat::take(&app, &caller, false).await?;
    let file = files::find(&tx, id).await?;
    match (file.request_id, file.message_id) {
        (Some(request), Some(message)) => {
            seat.find(&tx, &request.to_string()).await?;
            let message = messages::find(&tx, message).await?;
            if message.side == "internal" && !seat.is_staff() {
                return Err(Problem::not_found());
            }
        }
        // Not sent yet: seen by who sent it up.
        _ if file.by == caller.id() => (),
        _ => return Err(Problem::not_found()),
    }
    tx.commit().await?;
    let picture = file.width.is_some();
    let kind = if picture {
        file.kind.as_str()
    } else {
        "application/octet-stream"
    };
    let place = if picture { "inline" } else { "attachment" };
    let name: String = url::form_urlencoded::byte_serialize(file.name.as_bytes()).collect();
    let name = name.replace('+', "%20");
    let mut response = file.data.into_response();
    let headers = response.headers_mut();
    let text = |text: &str| HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static("attachment"));
    headers.insert(header::CONTENT_TYPE, text(kind));
    headers.insert(
        header::CONTENT_DISPOSITION,
        text(&format!("{place}; filename*=UTF-8''{name}")),
    );
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; sandbox"),
    );
    Ok(response)
}

/// A name without folders and without what is not seen.
fn tidy(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let shown: String = last
        .chars()
        .filter(|letter| !letter.is_control())
        .take(NAME_MAX)
        .collect();
    match shown.trim() {
        "" => "file".to_owned(),
        shown => shown.to_owned(),
    }
}

/// A picture, drawn anew.
#[derive(Debug)]
struct Picture {
    kind: &'static str,
    data: Vec<u8>,
    width: u32,
    height: u32,
}

/// Draws a picture anew: what is hidden in its file (places, names, other files) is gone. None: this is none.
fn draw(bytes: &[u8]) -> Result<Option<Picture>, Problem> {
    let Ok(format) = image::guess_format(bytes) else {
        return Ok(None);
    };
    let (kind, out) = match format {
        ImageFormat::Jpeg => ("image/jpeg", ImageFormat::Jpeg),
        ImageFormat::Png | ImageFormat::Gif | ImageFormat::WebP => ("image/png", ImageFormat::Png),
        _ => return Ok(None),
    };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE_MAX);
    limits.max_image_height = Some(SIDE_MAX);
    limits.max_alloc = Some(MEMORY_MAX);
    reader.limits(limits);
    let picture = reader.decode().map_err(|why| {
        let detail = format!("the picture cannot be read: {why}; at most {SIDE_MAX} pixels a side are taken");
        Problem::wrong("", detail)
    })?;
    let mut data = Vec::new();
    picture
        .write_to(&mut Cursor::new(&mut data), out)
        .map_err(|why| Problem::new(Kind::Fault, format!("drawing a picture anew failed: {why}")))?;
    Ok(Some(Picture {
        kind,
        data,
        width: picture.width(),
        height: picture.height(),
    }))
}

/// What a file is by its first bytes, for who looks at a list of them.
fn guess(bytes: &[u8]) -> &'static str {
    const SIGNS: [(&[u8], &str); 6] = [
        (b"%PDF-", "application/pdf"),
        (b"PK\x03\x04", "application/zip"),
        (b"\x1f\x8b", "application/gzip"),
        (b"RIFF", "audio/wav"),
        (b"\xd4\xc3\xb2\xa1", "application/vnd.tcpdump.pcap"),
        (b"\x0a\x0d\x0d\x0a", "application/vnd.tcpdump.pcap"),
    ];
    if let Some((_, kind)) = SIGNS.iter().find(|(sign, _)| bytes.starts_with(sign)) {
        return kind;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => "text/plain",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{DynamicImage, RgbImage};

    fn png() -> Vec<u8> {
        let mut out = Vec::new();
        DynamicImage::ImageRgb8(RgbImage::new(3, 2))
            .write_to(&mut Cursor::new(&mut out), ImageFormat::Png)
            .expect("drawn");
        out
    }

    #[test]
    fn nothing_but_the_picture_is_left_of_a_picture() {
        let mut bytes = png();
        bytes.extend_from_slice(b"<script>alert(1)</script>");
        let picture = draw(&bytes).expect("read").expect("a picture");
        assert_eq!((picture.kind, picture.width, picture.height), ("image/png", 3, 2));
        assert!(!String::from_utf8_lossy(&picture.data).contains("script"));
    }

    #[test]
    fn a_page_in_a_pictures_clothes_is_none() {
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>";
        assert!(draw(svg).expect("no fault").is_none());
        assert_eq!(guess(svg), "text/plain");
        let mut broken = png();
        broken.truncate(30);
        assert_eq!(draw(&broken).expect_err("refused").status(), 422);
    }

    #[test]
    fn names_lead_nowhere() {
        assert_eq!(tidy("../../etc/passwd"), "passwd");
        assert_eq!(tidy("C:\\Снимок экрана.png"), "Снимок экрана.png");
        assert_eq!(tidy("a\r\nb\u{202e}"), "ab\u{202e}");
        assert_eq!(tidy("/"), "file");
    }
}
