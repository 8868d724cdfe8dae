package io.tapstack.simulation;

import io.tapstack.buffer.BufferPool;
import io.tapstack.link.Impairment;
import io.tapstack.link.LinkType;
import io.tapstack.simulation.CablePlan.Ends;
import io.tapstack.simulation.TrafficScript.Ending;
import io.tapstack.simulation.TrafficScript.Gate;
import io.tapstack.tcp.EcnMode;
import io.tapstack.tcp.MtuProbingMode;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.congestion.CongestionControls;
import java.util.List;
import java.util.SplittableRandom;

/** Rolls a {@link Scenario}: each property is usual most of the time, and odd often enough that odd ones meet. */
final class ScenarioDice {

    private static final long MILLIS = 1_000_000L;
    private static final long SECONDS = 1_000 * MILLIS;
    private static final int MAX_BYTES = 300_000;
    private static final int MAX_BYTES_IN_SHORT_MEMORY = 60_000;
    private static final int MAX_SEGMENTS = 400;
    private static final int HEADERS = 52;

    private final SplittableRandom random;

    ScenarioDice(final SplittableRandom random) {
        this.random = random;
    }

    Scenario roll(final long seed) {
        final CablePlan cable = cable();
        final TcpConfig client = config(cable.mtu());
        final TcpConfig server = config(cable.mtu());
        final boolean memoryIsShort = oneIn(10);
        final long memory = memoryIsShort ? between(40_000, 400_000) : BufferPool.DEFAULT_LIMIT_BYTES;
        final int mostBytes = memoryIsShort ? MAX_BYTES_IN_SHORT_MEMORY : MAX_BYTES;
        final int bytes = (int) Math.min(mostBytes, (long) MAX_SEGMENTS * segment(cable.mtu(), client, server));
        final TrafficScript[] scripts = scripts(bytes);
        chooseCongestionControl(seed, client, server);
        return new Scenario(seed, cable, memory, oneIn(10), client, server, scripts[0], scripts[1]);
    }

    /**
     * All algorithms in turn, and now and then a limit on the rate, without using the random numbers: the other
     * properties of a seed stay the same.
     */
    private static void chooseCongestionControl(final long seed, final TcpConfig client, final TcpConfig server) {
        final List<String> names = List.copyOf(CongestionControls.BUILT_IN.names());
        final int turn = (int) Math.floorMod(seed, (long) names.size() * names.size());
        client.congestionControl(names.get(turn % names.size()));
        server.congestionControl(names.get(turn / names.size()));
        if (Math.floorMod(seed, 13) == 0) {
            client.maxPacingRate(5_000 + Math.floorMod(seed, 1_013) * 1_000L);
        }
    }

    private CablePlan cable() {
        final LinkType type = oneIn(3) ? LinkType.ETHERNET : LinkType.IP;
        final Ends ends = oneIn(2) ? Ends.PLAIN : pick(Ends.values());
        final int capacityFrames = oneIn(3) ? between(1, 8) : between(16, 256);
        final boolean atSender = ends == Ends.PLAIN && oneIn(2);
        final Impairment toRight = oneIn(6) ? delay() : impairment();
        final Impairment toLeft = oneIn(3) ? delay() : impairment();
        final CablePlan plan = new CablePlan(type, mtu(), ends, capacityFrames, toRight, toLeft, atSender);
        // Where checksums are never computed, damage may go unnoticed; so no frame is damaged there.
        return ends == Ends.LOCAL ? plan.impaired(toRight.withCorruption(0), toLeft.withCorruption(0)) : plan;
    }

    /** About the largest payload of a segment. */
    private static int segment(final int mtu, final TcpConfig client, final TcpConfig server) {
        final int window = Math.min(client.receiveBufferBytes(), server.receiveBufferBytes());
        final int buffer = Math.min(client.sendBufferBytes(), server.sendBufferBytes());
        return Math.max(1, Math.min(mtu - HEADERS, Math.min(window, buffer)));
    }

    private int mtu() {
        return switch (random.nextInt(6)) {
            case 0 -> between(68, 200);
            case 1 -> between(200, 1_400);
            case 2 -> between(1_500, 9_000);
            default -> 1_500;
        };
    }

    private Impairment delay() {
        return oneIn(4)
                ? Impairment.NONE
                : Impairment.NONE.withDelay(random.nextLong(oneIn(3) ? 200 * MILLIS : 20 * MILLIS));
    }

    private Impairment impairment() {
        Impairment impairment = delay();
        if (oneIn(2)) {
            impairment = impairment.withLoss(random.nextDouble(oneIn(3) ? 0.2 : 0.03));
        }
        if (oneIn(4)) {
            impairment = impairment.withDuplication(random.nextDouble(0.2));
        }
        if (oneIn(4)) {
            impairment = impairment.withCorruption(random.nextDouble(0.1));
        }
        if (oneIn(4)) {
            impairment = impairment.withReordering(random.nextDouble(0.3), random.nextLong(20 * MILLIS));
        }
        if (oneIn(4)) {
            impairment = impairment.withJitter(random.nextLong(oneIn(3) ? 200 * MILLIS : 5 * MILLIS));
        }
        if (oneIn(4)) {
            impairment = impairment.withRate(between(10_000, oneIn(2) ? 100_000 : 10_000_000), between(2_000, 100_000));
            impairment = oneIn(2) ? impairment.withMarking(between(1, 50_000)) : impairment;
        }
        return impairment;
    }

    private TcpConfig config(final int mtu) {
        // Retries without end: the test is about data, not about giving up.
        final TcpConfig config = new TcpConfig()
                .synRetries(50)
                .synAckRetries(50)
                .dataRetries(100)
                .orphanRetries(100)
                .timestamps(!oneIn(4))
                .windowScaling(!oneIn(4))
                .noDelay(oneIn(3))
                .quickAck(oneIn(5))
                .keepAlive(true)
                .keepAliveIdleNanos(600 * SECONDS)
                .maxRtoNanos(oneIn(2) ? 120 * SECONDS : 5 * SECONDS);
        if (oneIn(4)) {
            config.receiveBufferBytes(oneIn(2) ? between(1, 500) : between(500, 20_000));
        }
        if (oneIn(4)) {
            config.sendBufferBytes(oneIn(2) ? between(1, 500) : between(500, 20_000));
        }
        if (oneIn(6)) {
            config.maxSegment(between(8, mtu));
        }
        if (oneIn(4)) {
            config.initialWindowSegments(between(1, 20));
        }
        if (oneIn(6)) {
            config.delayedAckNanos(random.nextLong(500 * MILLIS));
        }
        if (oneIn(4)) {
            config.mtuProbing(pick(MtuProbingMode.values()));
        }
        return config.ecn(pick(EcnMode.values()));
    }

    /** The client's and the server's. */
    private TrafficScript[] scripts(final int bytes) {
        final int there = oneIn(2) ? bytes : between(1, bytes);
        final int back = oneIn(2) ? bytes : between(1, bytes);
        return switch (random.nextInt(7)) {
            case 0 -> pair(there, always(there), Ending.SHUTDOWN, 0, never(), Ending.FOLLOW);
            case 1 -> pair(0, never(), ending(), back, always(back), ending());
            case 2 -> pair(there, always(there), ending(), back, always(back), Ending.SHUTDOWN);
            case 3 -> pair(there, always(there), Ending.SHUTDOWN, back, afterTheEnd(back), Ending.FOLLOW);
            case 4 -> pair(0, never(), Ending.CLOSE, 0, never(), Ending.FOLLOW);
            case 5 -> aborted(pair(there, always(there), ending(), back, always(back), Ending.CLOSE));
            default -> dialogue(bytes);
        };
    }

    private TrafficScript[] dialogue(final int bytes) {
        final int rounds = between(1, 20);
        final int request = between(1, Math.max(1, Math.min(2_000, bytes / rounds)));
        final int response = between(1, Math.max(1, bytes / rounds));
        final Gate asks = (received, ended) -> (received / response + 1) * request;
        final Gate answers = (received, ended) -> received / request * response;
        return pair(rounds * request, asks, Ending.CLOSE, rounds * response, answers, ending());
    }

    private TrafficScript[] pair(
            final int there,
            final Gate client,
            final Ending clientEnds,
            final int back,
            final Gate server,
            final Ending serverEnds) {
        final Ending ends = clientEnds == Ending.FOLLOW && serverEnds == Ending.FOLLOW ? Ending.CLOSE : serverEnds;
        return new TrafficScript[] {script(there, back, client, clientEnds), script(back, there, server, ends)};
    }

    private TrafficScript script(final int sends, final int expects, final Gate gate, final Ending ending) {
        final int maxWrite = oneIn(3) ? between(Math.max(1, sends / 300), 2_000) : TrafficScript.BULK;
        final int maxRead = oneIn(4) ? between(Math.max(1, expects / 300), 2_000) : TrafficScript.BULK;
        final long writePause = oneIn(4) ? random.nextLong(50 * MILLIS) : 0;
        final long readPause = oneIn(4) ? random.nextLong(oneIn(4) ? 2 * SECONDS : 50 * MILLIS) : 0;
        return new TrafficScript(
                sends,
                expects,
                gate,
                Math.max(1, maxWrite),
                writePause,
                Math.max(1, maxRead),
                readPause,
                oneIn(3),
                ending,
                TrafficScript.NEVER);
    }

    private TrafficScript[] aborted(final TrafficScript[] scripts) {
        final int who = random.nextInt(2);
        scripts[who] = scripts[who].abort(random.nextLong(oneIn(2) ? 200 * MILLIS : 5 * SECONDS));
        return scripts;
    }

    private static Gate always(final long bytes) {
        return (received, ended) -> bytes;
    }

    private static Gate never() {
        return (received, ended) -> 0;
    }

    private static Gate afterTheEnd(final long bytes) {
        return (received, ended) -> ended ? bytes : 0;
    }

    private Ending ending() {
        return pick(Ending.values());
    }

    private <T> T pick(final T[] values) {
        return values[random.nextInt(values.length)];
    }

    private boolean oneIn(final int times) {
        return random.nextInt(times) == 0;
    }

    /** Evenly by order of magnitude, so that small values are not rare. */
    private int between(final int least, final int most) {
        if (least >= most) {
            return least;
        }
        final double exponent = random.nextDouble();
        return (int) Math.round(least * Math.pow((double) most / least, exponent));
    }
}
