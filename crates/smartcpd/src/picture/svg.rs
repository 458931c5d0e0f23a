//! As much SVG as the pictures need.

use std::fmt::Write;

/// Fonts that exist somewhere on every desktop.
const FONTS: &str = "Inter, 'Segoe UI', 'DejaVu Sans', 'Helvetica Neue', Arial, sans-serif";

/// Which point of a text stands at its coordinates.
#[derive(Clone, Copy)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// A picture that grows.
pub(super) struct Svg {
    body: String,
}

impl Svg {
    /// An empty page.
    pub(super) fn new(width: f64, height: f64, page: &str) -> Svg {
        let mut body = String::new();
        let _ = write!(
            body,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
             height=\"{height}\" font-family=\"{FONTS}\">\n<rect width=\"100%\" height=\"100%\" fill=\"{page}\"/>\n"
        );
        Svg { body }
    }

    /// The whole picture.
    pub(super) fn finish(mut self) -> String {
        self.body.push_str("</svg>\n");
        self.body
    }

    #[expect(clippy::too_many_arguments, reason = "a rectangle is four numbers and a look")]
    pub(super) fn rect(
        &mut self,
        x: f64,
        y: f64,
        width: f64,
        height: f64,
        round: f64,
        fill: &str,
        told: &str,
    ) {
        let _ = write!(
            self.body,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"{round}\" {}",
            paint("fill", fill)
        );
        self.close_told("rect", told);
    }

    #[expect(clippy::too_many_arguments, reason = "a rectangle is four numbers and a look")]
    pub(super) fn outline(
        &mut self,
        x: f64,
        y: f64,
        width: f64,
        height: f64,
        round: f64,
        ink: &str,
        told: &str,
    ) {
        let _ = write!(
            self.body,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"{round}\" \
             fill=\"none\" stroke-dasharray=\"4 3\" {}",
            paint("stroke", ink)
        );
        self.close_told("rect", told);
    }

    pub(super) fn circle(&mut self, x: f64, y: f64, radius: f64, fill: &str) {
        let _ = writeln!(
            self.body,
            "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius:.1}\" {}/>",
            paint("fill", fill)
        );
    }

    #[expect(clippy::too_many_arguments, reason = "a line is four numbers and a look")]
    pub(super) fn line(&mut self, x1: f64, y1: f64, x2: f64, y2: f64, ink: &str, width: f64, dash: &str) {
        let _ = writeln!(
            self.body,
            "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" stroke-width=\"{width}\" \
             stroke-dasharray=\"{dash}\" {}/>",
            paint("stroke", ink)
        );
    }

    /// A line through points; points on a straight level stretch are left out.
    pub(super) fn polyline(&mut self, points: &[(f64, f64)], ink: &str, width: f64, dash: Option<&str>) {
        let mut path = String::new();
        for (n, &(x, y)) in points.iter().enumerate() {
            let level = |other: Option<&(f64, f64)>| other.is_some_and(|other| (other.1 - y).abs() < 0.05);
            let before = n.checked_sub(1).and_then(|before| points.get(before));
            if !(level(before) && level(points.get(n + 1))) {
                let _ = write!(path, "{x:.1},{y:.1} ");
            }
        }
        let _ = writeln!(
            self.body,
            "<polyline points=\"{}\" fill=\"none\" stroke-width=\"{width}\" stroke-linejoin=\"round\" \
             stroke-linecap=\"round\" stroke-dasharray=\"{}\" {}/>",
            path.trim_end(),
            dash.unwrap_or_default(),
            paint("stroke", ink)
        );
    }

    pub(super) fn text(&mut self, x: f64, y: f64, size: f64, fill: &str, anchor: Anchor, text: &str) {
        self.write_text(x, y, size, fill, anchor, text, "400");
    }

    pub(super) fn bold(&mut self, x: f64, y: f64, size: f64, fill: &str, anchor: Anchor, text: &str) {
        self.write_text(x, y, size, fill, anchor, text, "600");
    }

    /// A PNG, stretched to a rectangle.
    pub(super) fn image(&mut self, x: f64, y: f64, width: f64, height: f64, png: &[u8]) {
        let _ = writeln!(
            self.body,
            "<image x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" \
             preserveAspectRatio=\"none\" href=\"data:image/png;base64,{}\"/>",
            base64(png)
        );
    }

    #[expect(clippy::too_many_arguments, reason = "a text is a place and a look")]
    fn write_text(
        &mut self,
        x: f64,
        y: f64,
        size: f64,
        fill: &str,
        anchor: Anchor,
        text: &str,
        weight: &str,
    ) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let _ = writeln!(
            self.body,
            "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{size}\" font-weight=\"{weight}\" \
             text-anchor=\"{anchor}\" {}>{}</text>",
            paint("fill", fill),
            escaped(text)
        );
    }

    /// Closes an element; what is told shows when the pointer rests on it.
    fn close_told(&mut self, element: &str, told: &str) {
        if told.is_empty() {
            self.body.push_str("/>\n");
        } else {
            let _ = writeln!(self.body, "><title>{}</title></{element}>", escaped(told));
        }
    }
}

/// A colour attribute; `#rrggbbaa` is written as colour and opacity, which older viewers want.
fn paint(attribute: &str, colour: &str) -> String {
    match (colour.get(..7), colour.get(7..9)) {
        (Some(solid), Some(alpha)) => {
            let alpha = f64::from(u8::from_str_radix(alpha, 16).unwrap_or(u8::MAX)) / 255.0;
            format!("{attribute}=\"{solid}\" {attribute}-opacity=\"{alpha:.2}\"")
        }
        _ => format!("{attribute}=\"{colour}\""),
    }
}

/// Text that is safe within XML and HTML; control characters have no place in either.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            control if control.is_control() => safe.push('\u{fffd}'),
            other => safe.push(other),
        }
    }
    safe
}

/// RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let byte = |n: usize| u32::from(group.get(n).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for n in 0..4 {
            if n <= group.len() {
                text.push(char::from(LETTERS[(bits >> (18 - 6 * n) & 63) as usize]));
            } else {
                text.push('=');
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of RFC 4648, section 10.
    #[test]
    fn base64_is_as_the_standard_says() {
        let cases = [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foobar", "Zm9vYmFy"),
        ];
        for (plain, coded) in cases {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
    }

    #[test]
    fn names_cannot_break_the_picture() {
        assert_eq!(escaped("a<b>&\"c\"\u{7}"), "a&lt;b&gt;&amp;&quot;c&quot;\u{fffd}");
    }

    #[test]
    fn a_level_line_needs_its_ends_only() {
        let mut svg = Svg::new(1.0, 1.0, "#000000");
        svg.polyline(
            &[(0.0, 1.0), (1.0, 1.0), (2.0, 1.0), (3.0, 2.0)],
            "#ffffff",
            1.0,
            None,
        );
        assert!(svg.finish().contains("points=\"0.0,1.0 2.0,1.0 3.0,2.0\""));
    }
}
