//! DSSE's pre-authentication encoding: the bytes that are signed.
//!
//! `"DSSEv1" SP LEN(type) SP type SP LEN(body) SP body`, lengths in ASCII decimal
//! (secure-systems-lab/dsse, protocol.md). It binds the type to the body, and no two pairs of
//! type and body have the same encoding.

/// Returns the bytes to sign for a payload of a type.
#[must_use]
pub fn encode(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let head = format!(
        "DSSEv1 {} {payload_type} {} ",
        payload_type.len(),
        payload.len()
    );
    [head.as_bytes(), payload].concat()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_encoding_is_the_one_of_the_specification() {
        let encoded = super::encode("http://example.com/HelloWorld", b"hello world");
        assert_eq!(
            encoded,
            b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
        );
    }
}
