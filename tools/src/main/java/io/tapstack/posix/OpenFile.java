package io.tapstack.posix;

import io.tapstack.socket.EventPoll;
import io.tapstack.socket.StackSocket;

/** What a descriptor stands for. */
sealed interface OpenFile {

    /** A socket. */
    record SocketFile(StackSocket socket) implements OpenFile {

        @Override
        public int close() {
            return socket.close();
        }
    }

    /** An epoll instance. */
    record EpollFile(EventPoll poll) implements OpenFile {

        @Override
        public int close() {
            poll.close();
            return 0;
        }
    }

    /** close(2) of the last descriptor. @return 0 or a negative errno */
    int close();
}
