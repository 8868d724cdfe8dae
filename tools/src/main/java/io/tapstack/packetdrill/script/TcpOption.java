package io.tapstack.packetdrill.script;

import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/** A TCP option as a script writes it; {@code toString} is that notation. */
public sealed interface TcpOption {

    /** {@code nop}. */
    record NoOperation() implements TcpOption {
        @Override
        public String toString() {
            return "nop";
        }
    }

    /** {@code eol}. */
    record EndOfList() implements TcpOption {
        @Override
        public String toString() {
            return "eol";
        }
    }

    /** {@code mss 1460}. */
    record MaximumSegmentSize(int bytes) implements TcpOption {
        @Override
        public String toString() {
            return "mss " + bytes;
        }
    }

    /** {@code wscale 7}. */
    record WindowScale(int shift) implements TcpOption {
        @Override
        public String toString() {
            return "wscale " + shift;
        }
    }

    /** {@code sackOK}. */
    record SackPermitted() implements TcpOption {
        @Override
        public String toString() {
            return "sackOK";
        }
    }

    /** {@code sack 1001:2001 3001:4001}, relative to the stream that is acknowledged. */
    record Sack(List<Block> blocks) implements TcpOption {
        @Override
        public String toString() {
            return blocks.stream().map(Block::toString).collect(Collectors.joining(" ", "sack ", ""));
        }
    }

    /** Bytes from {@code left} to before {@code right}. */
    record Block(int left, int right) {
        @Override
        public String toString() {
            return Integer.toUnsignedString(left) + ":" + Integer.toUnsignedString(right);
        }
    }

    /** {@code TS val 100 ecr 0}. */
    record Timestamp(int value, int echo) implements TcpOption {
        @Override
        public String toString() {
            return "TS val " + Integer.toUnsignedString(value) + " ecr " + Integer.toUnsignedString(echo);
        }
    }

    /**
     * {@code FO cookie}, or with the experimental kind {@code FOEXP cookie}.
     *
     * @param cookie hexadecimal, or empty for a request
     */
    record FastOpen(boolean experimental, String cookie) implements TcpOption {
        @Override
        public String toString() {
            return ((experimental ? "FOEXP " : "FO ") + cookie).strip();
        }
    }

    /** {@code md5 digest}, hexadecimal. */
    record Md5(String digest) implements TcpOption {
        @Override
        public String toString() {
            return "md5 " + digest;
        }
    }

    /** {@code raw 1e04abcd}: bytes as they are, kind and length first. Not in the published language. */
    record Raw(String bytes) implements TcpOption {
        @Override
        public String toString() {
            return "raw " + bytes;
        }

        byte[] toBytes() {
            return HexFormat.of().parseHex(bytes);
        }
    }
}
