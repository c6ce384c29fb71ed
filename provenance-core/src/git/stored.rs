//! Streams that zlib inflates and nobody deflated (RFC 1950; RFC 1951, 3.2.4): the bytes stand in
//! them as they are.
//!
//! Takes bytes that are not worth deflating and gives a stream that every reader of zlib reads.
//! Making it needs no tables, which cost more than the bytes themselves.

/// A window of 32 KiB, made by the fastest way there is.
const HEADER: [u8; 2] = [0x78, 0x01];
/// The last block, and stored.
const LAST_STORED: u8 = 1;

/// Returns the stream, which is one block; `None` for more bytes than one has.
pub(super) fn stream(bytes: &[u8]) -> Option<Vec<u8>> {
    let length = u16::try_from(bytes.len()).ok()?;
    let mut stream = Vec::with_capacity(bytes.len() + 11);
    stream.extend_from_slice(&HEADER);
    stream.push(LAST_STORED);
    stream.extend_from_slice(&length.to_le_bytes());
    stream.extend_from_slice(&(!length).to_le_bytes());
    stream.extend_from_slice(bytes);
    stream.extend_from_slice(&adler32(bytes).to_be_bytes());
    Some(stream)
}

/// The checksum of RFC 1950, 8.2.
fn adler32(bytes: &[u8]) -> u32 {
    /// The most bytes whose sums stay below 2^32 without the modulus.
    const RUN: usize = 5552;
    const BASE: u32 = 65_521;
    let (mut a, mut b) = (1_u32, 0_u32);
    for run in bytes.chunks(RUN) {
        for byte in run {
            a += u32::from(*byte);
            b += a;
        }
        a %= BASE;
        b %= BASE;
    }
    b << 16 | a
}

#[cfg(test)]
mod tests {
    use flate2::{Decompress, FlushDecompress, Status};

    use super::*;

    const MAX_BYTES: usize = 65_535;

    #[test]
    fn zlib_reads_what_was_stored() {
        for length in [0, 1, 5552, 5553, 40_000, MAX_BYTES] {
            // The highest bytes make the largest sums.
            for byte in [0, b'a', 255] {
                let bytes = vec![byte; length];
                let stream = stream(&bytes).unwrap();
                let mut read = Vec::with_capacity(length + 1);
                let mut inflate = Decompress::new(true);
                let end = inflate.decompress_vec(&stream, &mut read, FlushDecompress::Finish);
                assert_eq!(end.unwrap(), Status::StreamEnd, "{length} of {byte}");
                assert_eq!(inflate.total_in(), stream.len() as u64);
                assert_eq!(read, bytes);
            }
        }
        assert_eq!(stream(&vec![0; MAX_BYTES + 1]), None);
    }
}
