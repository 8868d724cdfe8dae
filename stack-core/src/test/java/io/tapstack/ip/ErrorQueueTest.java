package io.tapstack.ip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.error.SocketError;
import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ErrorQueueTest {

    private static final Endpoint PEER = new Endpoint(IpAddress.parse("10.0.0.1"), 53);
    private static final int NO_LIMIT = Integer.MAX_VALUE;

    private final StackStatistics statistics = new StackStatistics();
    private final List<String> wakes = new ArrayList<>();
    private final ErrorQueue queue = new ErrorQueue(statistics, () -> wakes.add("wake"));

    private static ErrorReport refused(final int payload) {
        final ReceivedPacket info = new ReceivedPacket();
        info.set(0, PEER.address().low(), 0, 0, 0, 0, 0, true, 0);
        info.icmpError(3, 3, 0, info);
        return ErrorReport.icmp(IcmpError.PORT_UNREACHABLE, info, 53, new byte[payload], 7);
    }

    @Test
    void theOldestComesFirst() {
        queue.add(refused(1), NO_LIMIT);
        queue.add(ErrorReport.tooLong(PEER, 1_400), NO_LIMIT);
        assertThat(queue.nextIcmpErrno()).isEqualTo(SocketError.ECONNREFUSED.errno());
        assertThat(queue.poll()).extracting(ErrorReport::isIcmp).isEqualTo(true);
        assertThat(queue.nextIcmpErrno()).isZero();
        assertThat(queue.poll()).extracting(ErrorReport::info).isEqualTo(1_400);
        assertThat(queue.poll()).isNull();
        assertThat(queue.heldBytes()).isZero();
        assertThat(wakes).as("twice for what came, once for what is left").hasSize(3);
    }

    @Test
    void memoryIsBounded() {
        final int limit = 4 * (ErrorQueue.ENTRY_BYTES + 100);
        for (int i = 0; i < 10; i++) {
            queue.add(refused(100), limit);
        }
        assertThat(queue.heldBytes()).isEqualTo(3 * (ErrorQueue.ENTRY_BYTES + 100));
        assertThat(statistics.drops(DropReason.ERROR_QUEUE_FULL)).isEqualTo(7);
        queue.poll();
        queue.add(refused(100), limit);
        assertThat(statistics.drops(DropReason.ERROR_QUEUE_FULL)).isEqualTo(7);
    }

    @Test
    void completionsThatFollowEachOtherAreOneReport() { // Documentation/networking/msg_zerocopy of Linux
        queue.completed(0, false);
        queue.completed(1, true);
        queue.add(refused(1), NO_LIMIT);
        queue.completed(2, true);
        queue.completed(4, false);
        assertThat(queue.zeroCopyReports()).isEqualTo(3);
        assertThat(queue.poll()).isEqualTo(ErrorReport.completed(0, 1, 0));
        queue.poll();
        assertThat(queue.poll()).isEqualTo(ErrorReport.completed(2, 2, ErrorReport.COPIED));
        assertThat(queue.poll()).isEqualTo(ErrorReport.completed(4, 4, 0));
        assertThat(queue.zeroCopyReports()).isZero();
        assertThat(queue.heldBytes()).isZero();
    }

    @Test
    void turnedOffItForgetsErrors() {
        queue.add(refused(1), NO_LIMIT);
        queue.dropErrors();
        assertThat(queue.isEmpty()).isTrue();
        assertThat(queue.heldBytes()).isZero();
    }
}
