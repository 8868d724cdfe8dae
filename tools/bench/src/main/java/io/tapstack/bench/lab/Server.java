package io.tapstack.bench.lab;

/**
 * A server that is ready.
 *
 * @param process its process
 * @param address its address, in numbers
 * @param port the TCP port
 */
public record Server(Child process, String address, int port) implements AutoCloseable {

    @Override
    public void close() {
        process.close();
    }
}
