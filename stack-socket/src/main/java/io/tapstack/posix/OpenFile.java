package io.tapstack.posix;

import io.tapstack.socket.EventPoll;
import io.tapstack.socket.StackSocket;
import io.tapstack.socket.Watchable;

/** The file of a descriptor. */
sealed interface OpenFile {

    /** A socket. */
    record SocketFile(StackSocket socket) implements OpenFile {

        @Override
        public int close() {
            return socket.close();
        }

        @Override
        public Watchable watched() {
            return socket;
        }
    }

    /** An epoll instance. */
    record EpollFile(EventPoll poll) implements OpenFile {

        @Override
        public int close() {
            poll.close();
            return 0;
        }

        @Override
        public Watchable watched() {
            return poll;
        }
    }

    /**
     * close(2) of the last descriptor.
     *
     * @return 0 or a negative errno
     */
    int close();

    /** The object that poll(2) and epoll(7) watch. */
    Watchable watched();
}
