package io.tapstack.posix;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.error.SocketError;
import io.tapstack.posix.Readiness.PollFd;
import io.tapstack.socket.EventPoll;
import io.tapstack.socket.PollEvents;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** poll(2) and epoll(7) by descriptors. */
class ReadinessTest extends PosixTest {

    private static final long EBADF = -SocketError.EBADF.errno();
    private static final long EINVAL = -SocketError.EINVAL.errno();

    @Test
    void pollTellsDescriptorsThatAreNotOpen() {
        final long listener = listener();
        final PollFd bad = new PollFd(99, PollEvents.POLLIN);
        final PollFd leftOut = new PollFd(-1, PollEvents.POLLIN);
        final PollFd idle = new PollFd((int) listener, PollEvents.POLLIN);
        assertThat(calls.readiness().poll(List.of(bad, leftOut, idle), -1)).isEqualTo(1);
        assertThat(bad.revents()).isEqualTo(PollEvents.POLLNVAL);
        assertThat(leftOut.revents()).isZero();
        assertThat(idle.revents()).isZero();
    }

    @Test
    void pollTellsWhoIsReady() {
        final long listener = listener();
        final PollFd entry = new PollFd((int) listener, PollEvents.POLLIN | PollEvents.POLLOUT);
        assertThat(calls.readiness().poll(List.of(entry), 0)).isZero();
        connected();
        assertThat(calls.readiness().poll(List.of(entry), -1)).isEqualTo(1);
        assertThat(entry.revents()).isEqualTo(PollEvents.POLLIN);
    }

    @Test
    void epollTellsTheDataOfADescriptor() {
        final long listener = listener();
        final long epoll = calls.epollCreate(0);
        final Readiness readiness = calls.readiness();
        assertThat(readiness.control(epoll, Readiness.EPOLL_CTL_ADD, listener, PollEvents.POLLIN, 42))
                .isZero();
        connected();
        final List<EventPoll.Event> events = new ArrayList<>();
        assertThat(readiness.await(epoll, events, 8, -1)).isEqualTo(1);
        assertThat(events).singleElement().satisfies(event -> {
            assertThat(event.data()).isEqualTo(42);
            assertThat(event.events()).isEqualTo(PollEvents.POLLIN);
        });
        assertThat(readiness.control(epoll, Readiness.EPOLL_CTL_DEL, listener, 0, 0))
                .isZero();
        assertThat(readiness.await(epoll, events, 8, 0)).isZero();
    }

    @Test
    void epollRefusesWhatMakesNoSense() {
        final long listener = listener();
        final long epoll = calls.epollCreate(0);
        final Readiness readiness = calls.readiness();
        assertThat(readiness.control(99, Readiness.EPOLL_CTL_ADD, listener, 1, 1))
                .isEqualTo(EBADF);
        assertThat(readiness.control(epoll, Readiness.EPOLL_CTL_ADD, 99, 1, 1)).isEqualTo(EBADF);
        assertThat(readiness.control(listener, Readiness.EPOLL_CTL_ADD, listener, 1, 1))
                .isEqualTo(EINVAL);
        assertThat(readiness.control(epoll, Readiness.EPOLL_CTL_ADD, epoll, 1, 1))
                .isEqualTo(EINVAL);
        assertThat(readiness.control(epoll, 9, listener, 1, 1)).isEqualTo(EINVAL);
        assertThat(readiness.control(epoll, Readiness.EPOLL_CTL_MOD, listener, 1, 1))
                .isEqualTo(-SocketError.ENOENT.errno());
        readiness.control(epoll, Readiness.EPOLL_CTL_ADD, listener, 1, 1);
        assertThat(readiness.control(epoll, Readiness.EPOLL_CTL_ADD, listener, 1, 1))
                .isEqualTo(-SocketError.EEXIST.errno());
        assertThat(readiness.await(listener, new ArrayList<>(), 1, 0)).isEqualTo(EINVAL);
        assertThat(readiness.await(99, new ArrayList<>(), 1, 0)).isEqualTo(EBADF);
    }
}
