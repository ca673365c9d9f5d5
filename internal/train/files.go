package train

// AdapterFile holds the adapter's weights in the result of a training.
const AdapterFile = "adapter/adapter_model.safetensors"
