/** Sockets on a stack, hosts in a few lines, a network in memory, and Linux's socket calls. */
module io.tapstack.socket {
    requires transitive io.tapstack.core;
    requires org.slf4j;
    requires static transitive org.jspecify;

    exports io.tapstack.network;
    exports io.tapstack.posix;
    exports io.tapstack.socket;
    exports io.tapstack.socket.virtual;
}
