/** Programs that run as processes of their own during a measurement: servers, load, raw senders. */
@NullMarked
package io.tapstack.bench.part;

import org.jspecify.annotations.NullMarked;
