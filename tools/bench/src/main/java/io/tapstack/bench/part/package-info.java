/** The programs that run as processes of their own while something is measured: servers, load, raw senders. */
@NullMarked
package io.tapstack.bench.part;

import org.jspecify.annotations.NullMarked;
