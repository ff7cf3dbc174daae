//! Is this byte inside of a string, and how deep in brackets?

/// What was seen since the beginning of an element.
#[derive(Default)]
pub(super) struct Scan {
    /// The brackets that are open.
    open: Vec<u8>,
    pub(super) is_in_string: bool,
    is_escaped: bool,
    /// A line ended inside a string, or a bracket was closed by the other kind: a mark is missing or one too many.
    pub(super) is_torn: bool,
}

impl Scan {
    /// A scan that begins inside of an object.
    pub(super) fn inside_object() -> Self {
        Self { open: vec![b'{'], ..Self::default() }
    }

    pub(super) fn depth(&self) -> usize {
        self.open.len()
    }

    /// The first comma or closing bracket that belongs to the array itself.
    pub(super) fn find_end(&mut self, chunk: &[u8]) -> Option<(usize, u8)> {
        let mut at = 0;
        while at < chunk.len() {
            if self.is_in_string && !self.is_escaped {
                // Most bytes are plain letters of strings.
                let plain =
                    chunk[at..].iter().position(|byte| matches!(byte, b'"' | b'\\' | b'\n'));
                at += plain.unwrap_or(chunk.len() - at);
                if at == chunk.len() {
                    break;
                }
            }
            let byte = chunk[at];
            if self.open.is_empty() && !self.is_in_string && matches!(byte, b',' | b']' | b'}') {
                return Some((at, byte));
            }
            self.step(byte);
            at += 1;
        }
        None
    }

    pub(super) fn step(&mut self, byte: u8) {
        if self.is_escaped {
            self.is_escaped = false;
        } else if self.is_in_string {
            match byte {
                b'\\' => self.is_escaped = true,
                b'"' => self.is_in_string = false,
                b'\n' => (self.is_in_string, self.is_torn) = (false, true),
                _ => {}
            }
        } else {
            match byte {
                b'"' => self.is_in_string = true,
                b'{' | b'[' => self.open.push(byte),
                b'}' => self.close(b'{'),
                b']' => self.close(b'['),
                _ => {}
            }
        }
    }

    /// Closes the innermost bracket of a kind with all inside of it; where none is open, the closing one is stray.
    fn close(&mut self, kind: u8) {
        if self.open.last() == Some(&kind) {
            self.open.pop();
            return;
        }
        self.is_torn = true;
        if let Some(at) = self.open.iter().rposition(|open| *open == kind) {
            self.open.truncate(at);
        }
    }
}
