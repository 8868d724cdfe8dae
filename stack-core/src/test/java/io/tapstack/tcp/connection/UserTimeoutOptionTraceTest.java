package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.error.SocketError;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpListener;
import io.tapstack.tcp.segment.UserTimeoutOption;
import io.tapstack.wire.TcpOptions;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The user timeout option: RFC 5482. */
class UserTimeoutOptionTraceTest {

    private static final long SECOND = 1_000_000_000L;
    /** 300 s, the default of RFC 9293 3.9.1.1. */
    private static final int DEFAULT = 300;

    private static final int MINUTES = 0x8000;
    private static final int KIND = 28;

    private final TcpTrace trace = new TcpTrace();

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    private static TcpConfig config() {
        return new TcpConfig()
                .timestamps(false)
                .windowScaling(false)
                .sack(false)
                .userTimeoutOption(true);
    }

    private static String option(final int value) {
        return "raw 1c 4 " + Integer.toHexString(value >>> 8) + " " + Integer.toHexString(value & 0xFF);
    }

    /** The option of the next segment; 0 if it has none. */
    private int sent() {
        final byte[] packet = trace.link.take();
        assertThat(packet).as("a segment").isNotNull();
        final int header = TcpTrace.TCP;
        final int length = (packet[header + 12] & 0xF0) >>> 2;
        final TcpOptions options = new TcpOptions();
        options.parse(ByteBuffer.wrap(packet), header + 20, length - 20);
        return options.userTimeout();
    }

    /** 3.1: ENABLED is false by default: the option is neither sent nor processed. */
    @Test
    void offByDefault() {
        final Connection connection = trace.established(new TcpConfig());
        trace.in("P. 1:101(100) ack 1 <" + option(1_000) + ">").advance(40).out(". 1:1(0) ack 101");
        assertThat(connection.config().userTimeoutNanos()).isZero();
    }

    private Connection connected(final TcpConfig config, final String options) {
        final Connection connection = trace.connect(config);
        assertThat(sent()).isEqualTo(UserTimeoutOption.advertised(config));
        trace.stackIss(connection.iss);
        trace.in("S. 0:0(0) ack 1 <mss 1000" + options + ">");
        return connection;
    }

    /** 3.2: in the SYN, and once more in the first segment behind it, and then no more. */
    @Test
    void saidTwice() {
        final Connection connection = connected(config(), "");
        assertThat(sent()).as("the ACK of the handshake").isEqualTo(DEFAULT);
        trace.write(connection, 100);
        assertThat(sent()).as("data").isZero();
    }

    /** 3.1: USER_TIMEOUT = min(U_LIMIT, max(ADV_UTO, REMOTE_UTO, L_LIMIT)). */
    @ParameterizedTest
    @CsvSource({"10, 300", "301, 301", "1000, 1000", "32769, 300", "32778, 600", "65535, 3600", "32767, 3600"})
    void adapts(final int value, final long seconds) {
        final Connection connection = connected(config(), "," + option(value));
        assertThat(connection.config().userTimeoutNanos()).isEqualTo(seconds * SECOND);
        trace.link.take();
    }

    /** 3.1: a later option of the peer is processed if its segment is acceptable; 2: zero is invalid. */
    @Test
    void laterWord() {
        final Connection connection = connected(config(), "," + option(1_000));
        trace.link.take();
        trace.in("P. 1:101(100) ack 1 <" + option(400) + ">");
        assertThat(connection.config().userTimeoutNanos()).isEqualTo(400 * SECOND);
        trace.in("P. 101:201(100) ack 1 <" + option(0) + ">");
        trace.in("P. 900000:900100(100) ack 1 <" + option(2_000) + ">");
        trace.in("P. 201:301(100) ack 5000 <" + option(2_000) + ">");
        assertThat(connection.config().userTimeoutNanos()).isEqualTo(400 * SECOND);
        trace.drain(); // ACKs.
    }

    /**
     * 3.1, CHANGEABLE: an application that has set a timeout keeps it, and the peer gets it, in minutes if it is long.
     */
    @Test
    void setByTheApplication() {
        final Connection connection = connected(config().userTimeoutNanos(40_000 * SECOND), "," + option(1_000));
        assertThat(sent()).isEqualTo(MINUTES | 667);
        assertThat(connection.config().userTimeoutNanos()).isEqualTo(40_000 * SECOND);
        // The application changes it: the next segment has the option.
        connection.config().userTimeoutNanos(5 * SECOND);
        trace.write(connection, 100);
        assertThat(sent()).isEqualTo(5);
        trace.write(connection, 100);
        trace.link.take();
    }

    /**
     * 3.2: a listener sends it in the SYN-ACK and in its first segment behind it. The peer repeats it too, so the
     * half-open record need not keep it.
     */
    @Test
    void passiveOpen() {
        final TcpListener listener = trace.listen(config());
        trace.in("S 0:0(0) <mss 1000," + option(1_000) + ">");
        final byte[] synAck = trace.link.take();
        trace.stackIss(ByteBuffer.wrap(synAck).getInt(TcpTrace.TCP + 4));
        assertThat(synAck).endsWith(KIND, 4, 1, 0x2c);
        trace.in("P. 1:101(100) ack 1 <" + option(1_000) + ">");
        final Connection connection = TcpTrace.accept(listener);
        assertThat(connection.config().userTimeoutNanos()).isEqualTo(1_000 * SECOND);
        trace.advance(40);
        assertThat(sent()).isEqualTo(DEFAULT);
    }

    /** A full segment has no room for it: the next one that is not full has it. */
    @Test
    void noRoom() {
        final Connection connection = connected(config(), "");
        trace.link.take();
        connection.config().userTimeoutNanos(5 * SECOND);
        trace.write(connection, 1_500);
        assertThat(sent()).isZero();
        assertThat(sent()).isEqualTo(5);
    }

    /** 4.1: the longer timeout applies to retransmissions. */
    @Test
    void effect() {
        final Connection connection = connected(config(), "," + option(MINUTES | 10));
        trace.link.take();
        trace.write(connection, 100);
        trace.advance(590_000);
        assertThat(connection.error()).isNull();
        trace.advance(130_000);
        assertThat(connection.error()).isEqualTo(SocketError.ETIMEDOUT);
        trace.drain(); // Retransmissions.
    }

    /** 2: an option of another length than four bytes is ignored. */
    @Test
    void malformed() {
        final ByteBuffer bytes = ByteBuffer.wrap(new byte[] {KIND, 3, 1, 1, KIND, 5, 1, 1, 1, 1, 1, 1});
        final TcpOptions options = new TcpOptions();
        options.parse(bytes, 0, bytes.limit());
        assertThat(options.userTimeout()).isZero();
    }
}
