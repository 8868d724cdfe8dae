package io.tapstack.posix;

import io.tapstack.error.SocketError;
import io.tapstack.posix.OpenFile.EpollFile;
import io.tapstack.socket.EventPoll;
import io.tapstack.socket.PollEntry;
import io.tapstack.socket.PollEvents;
import io.tapstack.socket.SocketLayer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The system calls that wait for many descriptors. Results and time are those of {@link SocketCalls}. */
public final class Readiness {

    public static final int EPOLL_CTL_ADD = 1;
    public static final int EPOLL_CTL_DEL = 2;
    public static final int EPOLL_CTL_MOD = 3;

    /** {@code struct pollfd}. */
    public static final class PollFd {

        private final int fd;
        private final int events;
        private int revents;

        /** @param fd less than 0 for an entry that is skipped */
        public PollFd(final int fd, final int events) {
            this.fd = fd;
            this.events = events;
        }

        public int fd() {
            return fd;
        }

        public int events() {
            return events;
        }

        /** The events that the last poll found. */
        public int revents() {
            return revents;
        }
    }

    private final SocketLayer layer;
    private final FileTable files;

    Readiness(final SocketLayer layer, final FileTable files) {
        this.layer = layer;
        this.files = files;
    }

    /**
     * {@code poll(2)}.
     *
     * @return the number of entries with events
     */
    public long poll(final List<PollFd> all, final int timeoutMillis) {
        final List<PollFd> watched = new ArrayList<>(all.size());
        final List<PollEntry> entries = new ArrayList<>(all.size());
        int bad = 0;
        for (final PollFd each : all) {
            each.revents = 0;
            if (each.fd < 0) {
                continue;
            }
            final OpenFile file = files.get(each.fd);
            if (file != null) {
                watched.add(each);
                entries.add(new PollEntry(file.watched(), each.events));
            } else {
                each.revents = PollEvents.POLLNVAL;
                bad++;
            }
        }
        final int ready = layer.poll(entries, bad > 0 ? 0 : timeoutMillis);
        for (int i = 0; i < watched.size(); i++) {
            watched.get(i).revents = entries.get(i).revents();
        }
        return ready < 0 ? ready : ready + bad;
    }

    /** {@code epoll_ctl(2)}. */
    public long control(final long epoll, final int operation, final long fd, final int events, final long data) {
        final OpenFile target = files.get(fd);
        if (files.get(epoll) == null || target == null) {
            return -SocketError.EBADF.errno();
        }
        final EventPoll poll = poll(epoll);
        if (poll == null || epoll == fd) {
            return -SocketError.EINVAL.errno();
        }
        return switch (operation) {
            case EPOLL_CTL_ADD -> poll.add(target.watched(), events, data);
            case EPOLL_CTL_DEL -> poll.remove(target.watched());
            case EPOLL_CTL_MOD -> poll.modify(target.watched(), events, data);
            default -> -SocketError.EINVAL.errno();
        };
    }

    /**
     * {@code epoll_wait(2)}.
     *
     * @return the number of events added to {@code found}
     */
    public long await(
            final long epoll, final List<? super EventPoll.Event> found, final int most, final int timeoutMillis) {
        final EventPoll poll = poll(epoll);
        if (poll == null) {
            return files.get(epoll) == null ? -SocketError.EBADF.errno() : -SocketError.EINVAL.errno();
        }
        return poll.await(found, most, timeoutMillis);
    }

    private @Nullable EventPoll poll(final long fd) {
        return files.get(fd) instanceof EpollFile file ? file.poll() : null;
    }
}
