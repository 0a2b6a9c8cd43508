// SPDX-License-Identifier: GPL-2.0-only
/*
 * softaccel_devx.ko: an ib_device that mlx5 programs take for a ConnectX.
 *
 * The module makes one platform device and drives it itself: verbs needs a
 * parent that can do DMA (importing a dma-buf insists on one), UCX reads the
 * parent's "vendor" and "device", and unbinding it in sysfs is how to see a
 * device go away under open programs.
 *
 * The device is unregistered by ib_unregister_device() alone.
 * ib_unregister_driver(RDMA_DRIVER_MLX5) would take real cards with it.
 *
 * Module lifetime: contexts do not pin the module, so that a device can go away
 * while they are open; mapped UAR pages (uar.c) and files of completions and
 * events do, because they run code of this module later. Everything else that an open
 * context can reach is cut off by uverbs when the device is unregistered.
 */
#include <linux/dma-mapping.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/rcupdate.h>
#include <rdma/ib_verbs.h>
#include <rdma/mlx5-abi.h>
#include <rdma/uverbs_ioctl.h>
#include "devx.h"

#define SACC_DEVX_DRIVER "softaccel_hca"

/* A locally administered EUI-64; ports count from it. */
#define SACC_DEVX_GUID_BASE 0x025acc0000000100ull
#define SACC_DEVX_VECTORS 4

static struct platform_device *sacc_devx_pdev;

static ssize_t vendor_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	return sysfs_emit(buf, "0x%04x\n", SACC_DEVX_VENDOR_PCI);
}
static DEVICE_ATTR_RO(vendor);

static ssize_t device_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	return sysfs_emit(buf, "0x%04x\n", SACC_DEVX_PART_ID);
}
static DEVICE_ATTR_RO(device);

static struct attribute *sacc_devx_parent_attrs[] = {
	&dev_attr_vendor.attr,
	&dev_attr_device.attr,
	NULL,
};
ATTRIBUTE_GROUPS(sacc_devx_parent);

static const struct sacc_hca_ops sacc_devx_hca_ops = {
	.mem_read = sacc_devx_mem_read,
	.mem_write = sacc_devx_mem_write,
	.mem_xchg = sacc_devx_mem_xchg,
	.event = sacc_devx_event,
};

static const struct uapi_definition sacc_devx_defs[] = {
	UAPI_DEF_CHAIN(sacc_devx_context_defs),
	UAPI_DEF_CHAIN(sacc_devx_query_defs),
	UAPI_DEF_CHAIN(sacc_devx_cmd_defs),
	UAPI_DEF_CHAIN(sacc_devx_obj_defs),
	UAPI_DEF_CHAIN(sacc_devx_async_defs),
	UAPI_DEF_CHAIN(sacc_devx_event_defs),
	UAPI_DEF_CHAIN(sacc_devx_umem_defs),
	UAPI_DEF_CHAIN(sacc_devx_uar_defs),
	{},
};

static const struct ib_device_ops sacc_devx_ops = {
	.owner = THIS_MODULE,
	.driver_id = RDMA_DRIVER_MLX5,
	.uverbs_abi_ver = MLX5_IB_UVERBS_ABI_VERSION,
	.device_group = &sacc_devx_hw_group,

	.alloc_ucontext = sacc_devx_alloc_ucontext,
	.dealloc_ucontext = sacc_devx_dealloc_ucontext,
	.query_ucontext = sacc_devx_query_ucontext,
	.disassociate_ucontext = sacc_devx_disassociate,
	.alloc_pd = sacc_devx_alloc_pd,
	.dealloc_pd = sacc_devx_dealloc_pd,
	.reg_user_mr = sacc_devx_reg_user_mr,
	.dereg_mr = sacc_devx_dereg_mr,
	.sacc_create_cq_op = sacc_devx_create_cq,
	.modify_cq = sacc_devx_modify_cq,
	.destroy_cq = sacc_devx_destroy_cq,
	.mmap = sacc_devx_mmap,
	.mmap_free = sacc_devx_mmap_free,

	INIT_RDMA_OBJ_SIZE(ib_ucontext, sacc_ucontext, base),
	INIT_RDMA_OBJ_SIZE(ib_pd, sacc_pd, base),
	INIT_RDMA_OBJ_SIZE(ib_cq, sacc_cq, base),
};

static int sacc_devx_create_hca(struct sacc_devx *dev)
{
	struct sacc_hca_config cfg = {
		.node_guid = dev->guid,
		.vhca_id = 1,
		.num_ports = SACC_DEVX_NUM_PORTS,
		.link_layer = SACC_HCA_LINK_IB,
		.num_comp_vectors = SACC_DEVX_VECTORS,
	};
	int err;

	err = sacc_hca_create(&cfg, &sacc_devx_hca_ops, dev, &dev->hca);
	if (err)
		return err;
	err = sacc_devx_read_identity(dev);
	if (err)
		sacc_hca_destroy(dev->hca);
	return err;
}

static void sacc_devx_init_ibdev(struct sacc_devx *dev, struct device *parent)
{
	struct ib_device *ibdev = &dev->ibdev;

	ibdev->node_type = RDMA_NODE_IB_CA;
	ibdev->node_guid = cpu_to_be64(dev->guid);
	ibdev->phys_port_cnt = SACC_DEVX_NUM_PORTS;
	ibdev->num_comp_vectors = SACC_DEVX_VECTORS;
	ibdev->local_dma_lkey = 0;
	ibdev->dev.parent = parent;
	strscpy(ibdev->node_desc, "softaccel", sizeof(ibdev->node_desc));
	if (IS_ENABLED(CONFIG_INFINIBAND_USER_ACCESS))
		ibdev->driver_def = sacc_devx_defs;
	ib_set_device_ops(ibdev, &sacc_devx_ops);
	ib_set_device_ops(ibdev, &sacc_devx_query_ops);
}

static int sacc_devx_probe(struct platform_device *pdev)
{
	struct sacc_devx *dev;
	int err;

	err = dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64));
	if (err)
		return err;
	dma_set_max_seg_size(&pdev->dev, UINT_MAX);

	dev = ib_alloc_device(sacc_devx, ibdev);
	if (!dev)
		return -ENOMEM;
	dev->guid = SACC_DEVX_GUID_BASE;
	xa_init(&dev->cqs);
	err = sacc_devx_events_init(dev);
	if (err)
		goto err_dealloc;
	err = sacc_devx_create_hca(dev);
	if (err)
		goto err_events;
	sacc_devx_init_ibdev(dev, &pdev->dev);
	err = ib_register_device(&dev->ibdev, "mlx5_%d", &pdev->dev);
	if (err)
		goto err_destroy_hca;
	sacc_devx_debugfs_add(dev);
	platform_set_drvdata(pdev, dev);
	return 0;

err_destroy_hca:
	sacc_hca_destroy(dev->hca);
err_events:
	sacc_devx_events_exit(dev);
err_dealloc:
	ib_dealloc_device(&dev->ibdev);
	return err;
}

static sacc_platform_remove_t sacc_devx_remove(struct platform_device *pdev)
{
	struct sacc_devx *dev = platform_get_drvdata(pdev);

	sacc_devx_debugfs_remove(dev);
	/* Ends all contexts; no call into the model runs or comes after it. */
	ib_unregister_device(&dev->ibdev);
	sacc_hca_destroy(dev->hca);
	sacc_devx_events_exit(dev);
	ib_dealloc_device(&dev->ibdev);
	return sacc_platform_removed;
}

static struct platform_driver sacc_devx_driver = {
	.probe = sacc_devx_probe,
	.remove = sacc_devx_remove,
	.driver = {
		.name = SACC_DEVX_DRIVER,
		.dev_groups = sacc_devx_parent_groups,
	},
};

static int __init sacc_devx_module_init(void)
{
	int err;

	sacc_devx_debugfs_init();
	err = platform_driver_register(&sacc_devx_driver);
	if (err)
		goto err_debugfs;
	sacc_devx_pdev = platform_device_register_simple(SACC_DEVX_DRIVER, 0,
							 NULL, 0);
	if (IS_ERR(sacc_devx_pdev)) {
		err = PTR_ERR(sacc_devx_pdev);
		goto err_driver;
	}
	return 0;

err_driver:
	platform_driver_unregister(&sacc_devx_driver);
err_debugfs:
	sacc_devx_debugfs_exit();
	return err;
}
module_init(sacc_devx_module_init);

static void __exit sacc_devx_module_exit(void)
{
	platform_device_unregister(sacc_devx_pdev);
	platform_driver_unregister(&sacc_devx_driver);
	sacc_devx_debugfs_exit();
	/*
	 * The last munmap() of a UAR page dropped its module reference from
	 * code of this module, and may still be on its way out of it.
	 */
	synchronize_rcu_tasks();
}
module_exit(sacc_devx_module_exit);

MODULE_DESCRIPTION("softaccel: a software ConnectX for verbs and DEVX programs");
MODULE_AUTHOR("The softaccel authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(SACC_VERSION);
SACC_IMPORT_CORE();
