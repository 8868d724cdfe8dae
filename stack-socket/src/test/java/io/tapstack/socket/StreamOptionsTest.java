package io.tapstack.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.error.SocketError;
import io.tapstack.error.SocketErrorException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StreamOptionsTest extends TwoHostsTest {

    @ParameterizedTest
    @CsvSource({
        // level, name, set, read back; numbers as Linux's headers have them
        "1, 2, 1, 1", // SO_REUSEADDR
        "1, 9, 5, 1", // SO_KEEPALIVE
        "1, 10, 0, 0", // SO_OOBINLINE
        "1, 7, 50000, 100000", // SO_SNDBUF
        "1, 8, 70000, 140000", // SO_RCVBUF
        "1, 8, 1, 2304", // SO_RCVBUF below the minimum
        "1, 13, 7, 7", // SO_LINGER
        "1, 47, 125000, 125000", // SO_MAX_PACING_RATE
        "1, 47, -1, 2147483647", // SO_MAX_PACING_RATE, none
        "0, 1, 16, 16", // IP_TOS
        "0, 10, 3, 3", // IP_MTU_DISCOVER
        "0, 2, 77, 77", // IP_TTL
        "0, 2, -1, 64", // IP_TTL, default
        "6, 1, 1, 1", // TCP_NODELAY
        "6, 4, 11, 11", // TCP_KEEPIDLE
        "6, 5, 12, 12", // TCP_KEEPINTVL
        "6, 6, 3, 3", // TCP_KEEPCNT
        "6, 7, 2, 2", // TCP_SYNCNT
        "6, 18, 3000, 3000", // TCP_USER_TIMEOUT
        "6, 3, 1, 1", // TCP_CORK
        "6, 8, 5, 5", // TCP_LINGER2
        "6, 8, 0, 60", // TCP_LINGER2, default
        "6, 8, 1000, 120", // TCP_LINGER2, at most
        "6, 8, -3, -1", // TCP_LINGER2, none
        "6, 10, 30000, 30000", // TCP_WINDOW_CLAMP
        "6, 10, 1, 1152", // TCP_WINDOW_CLAMP, at least
        "6, 12, 0, 0", // TCP_QUICKACK
        "6, 12, 1, 1", // TCP_QUICKACK
        "6, 25, 5000, 5000", // TCP_NOTSENT_LOWAT
        "6, 27, 2, 2", // TCP_SAVE_SYN
        "6, 44, 2000, 2000", // TCP_RTO_MAX_MS
        "6, 45, 100000, 100000", // TCP_RTO_MIN_US
        "1, 5, 7, 1", // SO_DONTROUTE
        "1, 46, 50, 50", // SO_BUSY_POLL
        "1, 49, 1, 1", // SO_INCOMING_CPU
        "1, 49, -1, -1", // SO_INCOMING_CPU, any
        "1, 18, 100, 100", // SO_RCVLOWAT
        "1, 18, 0, 1", // SO_RCVLOWAT, at least
        "0, 10, 0, 0", // IP_MTU_DISCOVER, IP_PMTUDISC_DONT
        "0, 10, 2, 2", // IP_MTU_DISCOVER, IP_PMTUDISC_DO
    })
    void whatIsSetIsReadBack(final int level, final int name, final int value, final int expected)
            throws SocketErrorException {
        final StreamSocket fresh = open(here.stream());
        assertThat(fresh.setOption(level, name, value)).isZero();
        assertThat(fresh.option(level, name)).isEqualTo(expected);
        final StreamSocket connected = connect(listener(1));
        assertThat(connected.setOption(level, name, value)).isZero();
        assertThat(connected.option(level, name)).isEqualTo(expected);
    }

    /** TCP_FASTOPEN and TCP_FASTOPEN_CONNECT concern the start of a connection. */
    @ParameterizedTest
    @CsvSource({"23, 5, 5", "23, 70000, 4096", "30, 1, 1"})
    void fastOpenIsForTheBeginning(final int name, final int value, final int expected) throws SocketErrorException {
        final StreamSocket fresh = open(here.stream());
        assertThat(fresh.setOption(SocketOptions.IPPROTO_TCP, name, value)).isZero();
        assertThat(fresh.option(SocketOptions.IPPROTO_TCP, name)).isEqualTo(expected);
        assertThat(connect(listener(1)).setOption(SocketOptions.IPPROTO_TCP, name, value))
                .isEqualTo(-SocketError.EINVAL.errno());
    }

    /** TCP_CONGESTION, tcp(7): before connecting, by the listener, and while connected. */
    @Test
    void congestionControl() throws SocketErrorException {
        final StreamSocket fresh = open(here.stream());
        assertThat(fresh.congestionControl()).isEqualTo("cubic");
        assertThat(fresh.congestionControl("Reno")).isZero();
        assertThat(fresh.congestionControl()).isEqualTo("reno");
        assertThat(fresh.congestionControl("vegas")).isEqualTo(-SocketError.ENOENT.errno());
        assertThat(fresh.congestionControl()).isEqualTo("reno");
        final StreamSocket connected = connect(listener(1));
        assertThat(connected.congestionControl("bbr")).isZero();
        assertThat(connected.congestionControl()).isEqualTo("bbr");
        assertThat(connected.congestionControl("vegas")).isEqualTo(-SocketError.ENOENT.errno());
    }

    @ParameterizedTest
    @CsvSource({
        "0, 2, 0",
        "0, 2, 256",
        "0, 10, 6",
        "0, 10, -1",
        "6, 2, 20",
        "6, 4, 0",
        "6, 5, 40000",
        "6, 6, 128",
        "6, 7, 0",
        "6, 18, -1",
        "6, 23, -1",
        "6, 30, 2",
    })
    void nonsenseIsRefused(final int level, final int name, final int value) {
        assertThat(open(here.stream()).setOption(level, name, value)).isEqualTo(-SocketError.EINVAL.errno());
    }

    @ParameterizedTest
    @CsvSource({"1, 9999, ENOPROTOOPT", "0, 9999, ENOPROTOOPT", "6, 9999, ENOPROTOOPT", "77, 1, EOPNOTSUPP"})
    void unknownOptionsAreRefused(final int level, final int name, final SocketError whenAsked) {
        assertThat(open(here.stream()).setOption(level, name, 1)).isEqualTo(-SocketError.ENOPROTOOPT.errno());
        assertThat(open(here.stream()).option(level, name)).isEqualTo(-whenAsked.errno());
    }

    @Test
    void theSegmentSizeIsALimitAndThenAFact() throws SocketErrorException {
        final StreamSocket listener = listener(1);
        final StreamSocket client = open(here.stream());
        assertThat(client.setOption(6, 2, 1_000)).isZero();
        assertThat(client.option(6, 2)).isEqualTo(1_000);
        assertThat(client.connect(addressOf(listener))).isZero();
        // Less the twelve bytes of timestamps.
        assertThat(client.option(6, 2)).isEqualTo(988);
        assertThat(accept(listener).option(6, 2)).isEqualTo(988);
    }

    @Test
    void someAreFacts() {
        final StreamSocket listener = listener(1);
        assertThat(listener.option(1, 3)).isEqualTo(1); // SO_TYPE, SOCK_STREAM
        assertThat(listener.option(1, 30)).isEqualTo(1); // SO_ACCEPTCONN
        assertThat(listener.option(1, 38)).isEqualTo(6); // SO_PROTOCOL
        assertThat(listener.option(1, 39)).isEqualTo(2); // SO_DOMAIN
    }

    /** SO_RCVBUF and SO_SNDBUF return the present sizes, doubled; before they are set, TCP tunes them. */
    @Test
    void tunedBuffersAreReadBack() throws SocketErrorException {
        final StreamSocket listener = listener(1);
        final StreamSocket client = open(here.stream());
        assertThat(client.option(1, 8)).isEqualTo(2 * 65_536);
        assertThat(client.connect(addressOf(listener))).isZero();
        assertThat(client.option(1, 8)).isEqualTo(2 * 65_536);
        final int sendBuffer = client.option(1, 7);
        assertThat(sendBuffer).isGreaterThan(2 * 65_536);
        assertThat(client.setOption(1, 7, 20_000)).isZero();
        assertThat(client.option(1, 7)).isEqualTo(40_000);
    }

    @Test
    void mtuOfThePathIsKnownWhenConnected() throws SocketErrorException {
        final StreamSocket fresh = open(here.stream());
        assertThat(fresh.option(0, 14)).isEqualTo(-SocketError.ENOTCONN.errno());
        assertThat(connect(listener(1)).option(0, 14)).isEqualTo(1_500);
    }

    /** tcp(7): "TCP_WINDOW_CLAMP: 0 only before there is a connection". */
    @Test
    void clampIsNotTakenOffAConnection() throws SocketErrorException {
        assertThat(open(here.stream()).setOption(6, 10, 0)).isZero();
        assertThat(connect(listener(1)).setOption(6, 10, 0)).isEqualTo(-SocketError.EINVAL.errno());
    }
}
