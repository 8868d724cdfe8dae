package io.tapstack.socket;

/** The tests' own test: the JDK's sockets are right by definition. */
final class JdkStreamTest extends StreamContract {

    @Override
    StreamKit openKit() {
        return new JdkKit();
    }
}
