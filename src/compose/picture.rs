//! Pictures made fit for a carrier: small enough, upright, and without the place where they were taken.
//!
//! In: the octets of a JPEG, PNG or GIF and how many it may have. Out: other octets, or why not. A picture that is small enough keeps every pixel; only
//! what its file says about place and camera is taken out. Memory is bounded: a picture that would need more is refused before it is decoded.
use bytes::Bytes;
use image::codecs::gif::{GifDecoder, GifEncoder, Repeat};
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::metadata::Orientation;
use image::{
    AnimationDecoder, DynamicImage, Frame, ImageDecoder, ImageEncoder, ImageFormat, ImageReader,
    Limits,
};
use std::io::Cursor;

/// Memory that decoding one picture may take: 60 megapixels in three octets each.
const MOST_MEMORY: u64 = 180 << 20;
/// Longest side, in pixels.
const LONGEST_SIDE: u32 = 16_384;
/// Frames of an animation that are kept.
const MOST_FRAMES: usize = 500;
/// Qualities of JPEG that are tried before pixels are given up further; the last one takes about six tenths of the octets of the first.
const QUALITY: [u8; 3] = [85, 78, 70];
/// No side is made smaller than so many pixels.
const SMALLEST_SIDE: u32 = 32;

/// A picture after its treatment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Made {
    /// Media type; a picture may become a JPEG.
    pub content_type: &'static str,
    /// Its octets.
    pub data: Bytes,
    /// Width and height before, as the picture is to be seen.
    pub from: (u32, u32),
    /// Width and height after.
    pub to: (u32, u32),
}

/// The format of a media type that can be treated here.
pub(super) fn format(content_type: &str) -> Option<ImageFormat> {
    match content_type {
        "image/jpeg" => Some(ImageFormat::Jpeg),
        "image/png" => Some(ImageFormat::Png),
        "image/gif" => Some(ImageFormat::Gif),
        _ => None,
    }
}

/// A picture in at most `most` octets.
///
/// # Errors
/// It cannot be decoded, would need too much memory, or cannot be made so small.
pub(super) fn shrink(data: &[u8], format: ImageFormat, most: usize) -> Result<Made, String> {
    if format == ImageFormat::Gif {
        return shrink_gif(data, most);
    }
    let source = Source::read(data, format)?;
    if format == ImageFormat::Png && source.picture.color().has_alpha() {
        return source.search(most, |picture, _| source.png(picture), &[0], "image/png");
    }
    source.search(
        most,
        |picture, q| source.jpeg(picture, q),
        &QUALITY,
        "image/jpeg",
    )
}

/// The picture upright and with its pixels as they are, for a file that is small enough but lies on its side. `None` where it stands upright already.
///
/// # Errors
/// As [`shrink`].
pub(super) fn upright(data: &[u8], format: ImageFormat) -> Result<Option<Made>, String> {
    if format != ImageFormat::Jpeg || !turned(data) {
        return Ok(None);
    }
    let source = Source::read(data, format)?;
    let size = (source.picture.width(), source.picture.height());
    Ok(Some(Made {
        content_type: "image/jpeg",
        data: source.jpeg(&source.picture, 92)?.into(),
        from: size,
        to: size,
    }))
}

/// A decoded picture, upright.
struct Source {
    picture: DynamicImage,
    colours: Option<Vec<u8>>,
}

impl Source {
    fn read(data: &[u8], format: ImageFormat) -> Result<Self, String> {
        let mut decoder = ImageReader::with_format(Cursor::new(data), format)
            .into_decoder()
            .map_err(|e| e.to_string())?;
        let (width, height) = decoder.dimensions();
        if decoder.total_bytes() > MOST_MEMORY || width.max(height) > LONGEST_SIDE {
            return Err(format!(
                "{width}×{height} pixels need more memory than is given to one picture; make it smaller first"
            ));
        }
        let mut limits = Limits::default();
        limits.max_alloc = Some(MOST_MEMORY * 2);
        decoder.set_limits(limits).map_err(|e| e.to_string())?;
        let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
        let colours = decoder.icc_profile().ok().flatten();
        let mut picture = DynamicImage::from_decoder(decoder).map_err(|e| e.to_string())?;
        picture.apply_orientation(orientation);
        Ok(Self { picture, colours })
    }

    /// Tries qualities, then fewer pixels, until it fits.
    fn search(
        &self,
        most: usize,
        encode: impl Fn(&DynamicImage, u8) -> Result<Vec<u8>, String>,
        qualities: &[u8],
        content_type: &'static str,
    ) -> Result<Made, String> {
        let from = (self.picture.width(), self.picture.height());
        // A photograph takes about a quarter of an octet a pixel; more pixels than that allows need not be tried.
        let pixels = f64::from(from.0) * f64::from(from.1);
        let mut share = (most as f64 * 8.0 / pixels).sqrt().min(1.0);
        for _ in 0..12 {
            let to = scaled(from, share);
            let smaller = match to == from {
                true => self.picture.clone(),
                false => self.picture.thumbnail_exact(to.0, to.1),
            };
            let mut least = usize::MAX;
            for &quality in qualities {
                let data = encode(&smaller, quality)?;
                if data.len() <= most {
                    return Ok(Made {
                        content_type,
                        data: data.into(),
                        from,
                        to,
                    });
                }
                least = least.min(data.len());
                if data.len() / 2 > most {
                    // The worst quality has more than half the octets of the best: none of them fits, and encoding is what takes the time.
                    break;
                }
            }
            if to.0.min(to.1) <= SMALLEST_SIDE {
                break;
            }
            share *= ((most as f64 / least as f64).sqrt() * 0.97).clamp(0.2, 0.95);
        }
        Err(format!("it cannot be made as small as {most} octets"))
    }

    fn jpeg(&self, picture: &DynamicImage, quality: u8) -> Result<Vec<u8>, String> {
        let mut out = Vec::new();
        let mut encoder = JpegEncoder::new_with_quality(&mut out, quality);
        if let Some(colours) = &self.colours {
            // Where the encoder does not take it the picture is merely a little off in colour.
            let _ = encoder.set_icc_profile(colours.clone());
        }
        // JPEG has no transparency and eight bits a colour.
        let plain = DynamicImage::ImageRgb8(picture.to_rgb8());
        plain
            .write_with_encoder(encoder)
            .map_err(|e| e.to_string())?;
        Ok(out)
    }

    fn png(&self, picture: &DynamicImage) -> Result<Vec<u8>, String> {
        let mut out = Vec::new();
        let encoder =
            PngEncoder::new_with_quality(&mut out, CompressionType::Best, FilterType::Adaptive);
        let plain = DynamicImage::ImageRgba8(picture.to_rgba8());
        plain
            .write_with_encoder(encoder)
            .map_err(|e| e.to_string())?;
        Ok(out)
    }
}

fn scaled((width, height): (u32, u32), share: f64) -> (u32, u32) {
    let side = |pixels: u32| ((f64::from(pixels) * share).round() as u32).clamp(1, pixels.max(1));
    (side(width), side(height))
}

/// An animation keeps its frames and times and loses pixels; one frame is in memory at a time.
fn shrink_gif(data: &[u8], most: usize) -> Result<Made, String> {
    let open = || {
        let mut decoder = GifDecoder::new(Cursor::new(data)).map_err(|e| e.to_string())?;
        let mut limits = Limits::default();
        limits.max_alloc = Some(MOST_MEMORY);
        limits.max_image_width = Some(4096);
        limits.max_image_height = Some(4096);
        decoder.set_limits(limits).map_err(|e| e.to_string())?;
        Ok::<_, String>(decoder)
    };
    let from = open()?.dimensions();
    let mut share = (most as f64 / data.len().max(1) as f64).sqrt().min(1.0) * 0.95;
    for _ in 0..6 {
        let to = scaled(from, share);
        let out = animation(open()?, to, most)?;
        if out.len() <= most {
            return Ok(Made {
                content_type: "image/gif",
                data: out.into(),
                from,
                to,
            });
        }
        if to.0.min(to.1) <= SMALLEST_SIDE {
            break;
        }
        share *= ((most as f64 / out.len() as f64).sqrt() * 0.95).clamp(0.2, 0.9);
    }
    Err(format!("it cannot be made as small as {most} octets"))
}

/// All frames in another size; stops soon after `most` octets.
fn animation(
    decoder: GifDecoder<Cursor<&[u8]>>,
    to: (u32, u32),
    most: usize,
) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    let mut encoder = GifEncoder::new_with_speed(&mut out, 10);
    encoder
        .set_repeat(Repeat::Infinite)
        .map_err(|e| e.to_string())?;
    let mut written = 0;
    for frame in decoder.into_frames().take(MOST_FRAMES) {
        let frame = frame.map_err(|e| e.to_string())?;
        let delay = frame.delay();
        let smaller = image::imageops::thumbnail(frame.buffer(), to.0, to.1);
        written += smaller.len() / 16;
        encoder
            .encode_frame(Frame::from_parts(smaller, 0, 0, delay))
            .map_err(|e| e.to_string())?;
        if written > most.saturating_mul(16) {
            return Err("the animation has too many frames".to_owned());
        }
    }
    drop(encoder);
    Ok(out)
}

/// Whether a JPEG says that it is to be turned or mirrored.
fn turned(data: &[u8]) -> bool {
    ImageReader::with_format(Cursor::new(data), ImageFormat::Jpeg)
        .into_decoder()
        .and_then(|mut decoder| decoder.orientation())
        .is_ok_and(|orientation| orientation != Orientation::NoTransforms)
}

/// The file without what it says about place, camera and person (Exif, XMP, IPTC); every pixel stays as it is. `None` where it says nothing of the kind,
/// or is not built as it should be.
pub(super) fn without_metadata(data: &[u8], format: ImageFormat) -> Option<Bytes> {
    let kept = match format {
        ImageFormat::Jpeg => jpeg_without_metadata(data),
        ImageFormat::Png => png_without_metadata(data),
        _ => None,
    }?;
    (kept.len() != data.len()).then(|| kept.into())
}

/// Drops APP1 (Exif, XMP) and APP13 (IPTC) in front of the first scan (ITU-T T.81 section B.1.1).
fn jpeg_without_metadata(data: &[u8]) -> Option<Vec<u8>> {
    let mut out = data.get(..2)?.to_vec();
    let mut at = 2;
    loop {
        let &[0xFF, marker] = data.get(at..at + 2)? else {
            return None;
        };
        if marker == 0xDA {
            out.extend_from_slice(&data[at..]);
            return Some(out);
        }
        let length = usize::from(u16::from_be_bytes(
            data.get(at + 2..at + 4)?.try_into().ok()?,
        ));
        let segment = data.get(at..at + 2 + length.max(2))?;
        if !matches!(marker, 0xE1 | 0xED) {
            out.extend_from_slice(segment);
        }
        at += segment.len();
    }
}

/// Drops the chunks eXIf, and texts that hold Exif or XMP (PNG specification, third edition, sections 5.3 and 11.3).
fn png_without_metadata(data: &[u8]) -> Option<Vec<u8>> {
    let mut out = data.get(..8)?.to_vec();
    let mut at = 8;
    while at < data.len() {
        let length = u32::from_be_bytes(data.get(at..at + 4)?.try_into().ok()?) as usize;
        let chunk = data.get(at..at.checked_add(length)?.checked_add(12)?)?;
        let content = &chunk[8..8 + length];
        let private = match &chunk[4..8] {
            b"eXIf" => true,
            b"iTXt" | b"tEXt" | b"zTXt" => {
                content.starts_with(b"XML:com.adobe.xmp")
                    || content.starts_with(b"Raw profile type")
            }
            _ => false,
        };
        if !private {
            out.extend_from_slice(chunk);
        }
        at += chunk.len();
    }
    Some(out)
}
